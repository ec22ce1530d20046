from __future__ import annotations

from pullcord.detection.tags import techniques


def test_techniques_in_order_each_once() -> None:
    tags = [
        "attack.t1059.001",
        "attack.execution",
        "atlas.aml.t0051.001",
        "ATLAS.AML.T0053",
        "mitre-atlas.t0040",
        "attack.t1059.001",
        "attack.g0007",
        "cve.2024-1234",
        "attack.t1059.001.x",
    ]
    assert techniques(tags) == ("T1059.001", "AML.T0051.001", "AML.T0053", "AML.T0040")
