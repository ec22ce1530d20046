"""Which of Sigma's services and categories a Windows event belongs to.

Source: the logsource tables of Sigma (``tests/thor.yml``, ``sysmon.yml`` and ``windows-audit.yml`` of its tooling).
"""

from __future__ import annotations

_SERVICES = {
    "Security": "security",
    "System": "system",
    "Application": "application",
    "Microsoft-Windows-Sysmon/Operational": "sysmon",
    "Windows PowerShell": "powershell-classic",
    "Microsoft-Windows-PowerShell/Operational": "powershell",
    "PowerShellCore/Operational": "powershell",
    "Microsoft-Windows-TaskScheduler/Operational": "taskscheduler",
    "Microsoft-Windows-WMI-Activity/Operational": "wmi",
    "DNS Server": "dns-server",
    "Microsoft-Windows-DNS-Server/Analytical": "dns-server-analytic",
    "Microsoft-Windows-DNS-Server/Audit": "dns-server-audit",
    "Microsoft-Windows-DNS-Client/Operational": "dns-client",
    "Microsoft-Windows-DHCP-Server/Operational": "dhcp",
    "Microsoft-Windows-DriverFrameworks-UserMode/Operational": "driver-framework",
    "Microsoft-Windows-NTLM/Operational": "ntlm",
    "Microsoft-Windows-Windows Defender/Operational": "windefend",
    "Microsoft-Windows-PrintService/Admin": "printservice-admin",
    "Microsoft-Windows-PrintService/Operational": "printservice-operational",
    "Microsoft-Windows-CodeIntegrity/Operational": "codeintegrity-operational",
    "Microsoft-Windows-SmbClient/Security": "smbclient-security",
    "Microsoft-Windows-SmbClient/Connectivity": "smbclient-connectivity",
    "Microsoft-Windows-SMBServer/Connectivity": "smbserver-connectivity",
    "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall": "firewall-as",
    "Microsoft-Windows-Bits-Client/Operational": "bits-client",
    "Microsoft-Windows-AppLocker/MSI and Script": "applocker",
    "Microsoft-Windows-AppLocker/EXE and DLL": "applocker",
    "Microsoft-Windows-AppLocker/Packaged app-Deployment": "applocker",
    "Microsoft-Windows-AppLocker/Packaged app-Execution": "applocker",
    "Microsoft-Windows-Diagnosis-Scripted/Operational": "diagnosis-scripted",
    "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational": "terminalservices-localsessionmanager",
    "Microsoft-Windows-LSA/Operational": "lsa-server",
    "Microsoft-Windows-LDAP-Client/Debug": "ldap",
    "Microsoft-Windows-AppXDeploymentServer/Operational": "appxdeployment-server",
    "Microsoft-Windows-AppxPackaging/Operational": "appxpackaging-om",
    "Microsoft-Windows-AppModel-Runtime/Admin": "appmodel-runtime",
    "Microsoft-Windows-CAPI2/Operational": "capi2",
    "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational": (
        "certificateservicesclient-lifecycle-system"
    ),
    "Microsoft-Windows-Hyper-V-Worker": "hyper-v-worker",
    "Microsoft-Windows-IIS-Configuration/Operational": "iis-configuration",
    "Microsoft-Windows-Kernel-EventTracing": "kernel-event-tracing",
    "Microsoft-Windows-Kernel-ShimEngine/Operational": "kernel-shimengine",
    "Microsoft-Windows-Security-Mitigations/Kernel Mode": "security-mitigations",
    "Microsoft-Windows-Security-Mitigations/User Mode": "security-mitigations",
    "Microsoft-Windows-SENSE/Operational": "sense",
    "Microsoft-Windows-Shell-Core/Operational": "shell-core",
    "Microsoft-Windows-VHDMP-Operational": "vhdmp",
    "Microsoft-ServiceBus-Client": "microsoft-servicebus-client",
    "MSExchange Management": "msexchange-management",
    "OpenSSH/Operational": "openssh",
    "ForwardedEvents": None,
}
_FOLDED = {channel.casefold(): service for channel, service in _SERVICES.items()}

_SYSMON = {
    1: "process_creation",
    2: "file_change",
    3: "network_connection",
    4: "sysmon_status",
    5: "process_termination",
    6: "driver_load",
    7: "image_load",
    8: "create_remote_thread",
    9: "raw_access_thread",
    10: "process_access",
    11: "file_event",
    12: "registry_add",
    13: "registry_set",
    14: "registry_rename",
    15: "create_stream_hash",
    16: "sysmon_status",
    17: "pipe_created",
    18: "pipe_created",
    19: "wmi_event",
    20: "wmi_event",
    21: "wmi_event",
    22: "dns_query",
    23: "file_delete",
    24: "clipboard_capture",
    25: "process_tampering",
    26: "file_delete",
    27: "file_block_executable",
    28: "file_block_shredding",
    29: "file_executable_detected",
    255: "sysmon_error",
}
_BY_SERVICE: dict[str, dict[int, str]] = {
    "sysmon": _SYSMON,
    "security": {4688: "process_creation", 4689: "process_termination", 4657: "registry_event"},
    "powershell": {4103: "ps_module", 4104: "ps_script"},
    "powershell-classic": {
        400: "ps_classic_start",
        600: "ps_classic_provider_start",
        800: "ps_classic_script",
    },
}
_REGISTRY_KEYS = 12


def service_of(channel: str | None, provider: str | None) -> str | None:
    """The service, by the channel; events that were forwarded keep their provider."""
    found = _FOLDED.get((channel or "").casefold())
    if found is None and (provider or "").casefold() == "microsoft-windows-sysmon":
        return "sysmon"
    return found


def category_of(service: str | None, event_id: int | None, event_type: str | None) -> str | None:
    """The category, by service and event id; ``event_type`` tells keys that were made from those deleted."""
    if service is None or event_id is None:
        return None
    if service == "sysmon" and event_id == _REGISTRY_KEYS and (event_type or "").startswith("Delete"):
        return "registry_delete"
    return _BY_SERVICE.get(service, {}).get(event_id)
