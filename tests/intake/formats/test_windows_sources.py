from __future__ import annotations

import pytest

from pullcord.intake.formats.windows_sources import category_of, service_of


@pytest.mark.parametrize(
    ("channel", "provider", "expected"),
    [
        ("Security", None, "security"),
        ("security", None, "security"),
        ("Microsoft-Windows-PowerShell/Operational", None, "powershell"),
        ("Windows PowerShell", None, "powershell-classic"),
        ("ForwardedEvents", "Microsoft-Windows-Sysmon", "sysmon"),
        ("ForwardedEvents", "x", None),
        ("Vendor/Log", None, None),
        (None, None, None),
    ],
)
def test_services(channel: str | None, provider: str | None, expected: str | None) -> None:
    assert service_of(channel, provider) == expected


@pytest.mark.parametrize(
    ("service", "number", "kind", "expected"),
    [
        ("sysmon", 1, None, "process_creation"),
        ("sysmon", 3, None, "network_connection"),
        ("sysmon", 6, None, "driver_load"),
        ("sysmon", 7, None, "image_load"),
        ("sysmon", 8, None, "create_remote_thread"),
        ("sysmon", 10, None, "process_access"),
        ("sysmon", 11, None, "file_event"),
        ("sysmon", 12, "CreateKey", "registry_add"),
        ("sysmon", 12, "DeleteValue", "registry_delete"),
        ("sysmon", 13, None, "registry_set"),
        ("sysmon", 17, None, "pipe_created"),
        ("sysmon", 22, None, "dns_query"),
        ("security", 4_688, None, "process_creation"),
        ("security", 1, None, None),
        ("powershell", 4_104, None, "ps_script"),
        ("powershell", 4_103, None, "ps_module"),
        (None, 1, None, None),
        ("sysmon", None, None, None),
    ],
)
def test_categories(service: str | None, number: int | None, kind: str | None, expected: str | None) -> None:
    assert category_of(service, number, kind) == expected
