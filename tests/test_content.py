from __future__ import annotations

import pytest

from pullcord.content import read, walk


def test_a_shipped_file_is_read() -> None:
    assert b"<!doctype html>" in read("templates", "report.html.j2")
    with pytest.raises(FileNotFoundError):
        read("templates", "missing")


def test_a_folder_is_walked_with_those_below_by_suffix() -> None:
    found = dict(walk("incident_types", ".yaml"))
    assert "tool-abuse.yaml" in found
    assert any(path.startswith("it/") for path in found)
    assert list(found) == sorted(found)
    assert found["tool-abuse.yaml"] == read("incident_types", "tool-abuse.yaml")
    assert list(walk("incident_types", ".nothing")) == []
