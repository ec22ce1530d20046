"""One plausible record of each foreign format, made up after the formats' own documentation."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

SURICATA_FLOW: Record = {
    "timestamp": "2026-06-01T08:00:00.123456+0200",
    "flow_id": 1_234_567,
    "in_iface": "eth1",
    "event_type": "flow",
    "src_ip": "10.20.0.5",
    "src_port": 50_123,
    "dest_ip": "203.0.113.9",
    "dest_port": 443,
    "proto": "TCP",
    "app_proto": "tls",
    "flow": {"bytes_toserver": 1_000, "state": "closed"},
    "host": "sensor-1",
}
SURICATA_ALERT: Record = SURICATA_FLOW | {
    "event_type": "alert",
    "alert": {
        "action": "allowed",
        "gid": 1,
        "signature_id": 9_000_001,
        "rev": 2,
        "signature": "Example: PLC stop command",
        "category": "Attempted Administrator Privilege Gain",
        "severity": 1,
        "metadata": {"mitre_technique_id": ["T0858", "T1021_001", "nonsense"]},
    },
}
ZEEK_CONN: Record = {
    "ts": 1_780_000_000.123456,
    "uid": "CAbcDe1",
    "id.orig_h": "10.20.0.5",
    "id.orig_p": 50_123,
    "id.resp_h": "10.20.0.9",
    "id.resp_p": 502,
    "proto": "tcp",
    "conn_state": "SF",
    "_path": "conn",
}
SYSMON: Record = {
    "Event": {
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon", "Guid": "{0}"}},
            "EventID": 1,
            "Level": 4,
            "TimeCreated": {"#attributes": {"SystemTime": "2026-06-01T08:00:00.1234567Z"}},
            "EventRecordID": 77,
            "Execution": {"#attributes": {"ProcessID": 4, "ThreadID": 8}},
            "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "hmi-3.plant.example",
            "Security": {"#attributes": {"UserID": "S-1-5-18"}},
        },
        "EventData": {
            "Image": r"C:\Windows\System32\cmd.exe",
            "CommandLine": "cmd /c whoami",
            "User": r"PLANT\op1",
            "ProcessId": 99,
        },
    }
}
SECURITY_ECMD: Record = {
    "PayloadData1": "Target: PLANT\\op1",
    "ChunkNumber": 1,
    "Computer": "dc-1",
    "Payload": (
        '{"EventData":{"Data":[{"@Name":"TargetUserName","#text":"op1"},'
        '{"@Name":"SubjectUserName","#text":"-"},{"@Name":"IpAddress","#text":"::ffff:10.0.0.7"},'
        '{"@Name":"LogonType","#text":"3"}]}}'
    ),
    "Channel": "Security",
    "Provider": "Microsoft-Windows-Security-Auditing",
    "EventId": 4_625,
    "EventRecordId": "1234",
    "TimeCreated": "2026-06-01T08:00:00.0000000+00:00",
}
WINLOGBEAT: Record = {
    "@timestamp": "2026-06-01T08:00:00.000Z",
    "message": "A new process has been created.",
    "host": {"name": "hmi-3", "os": {"type": "windows"}},
    "event": {"code": "4688", "module": "security"},
    "winlog": {
        "event_id": "4688",
        "channel": "Security",
        "provider_name": "Microsoft-Windows-Security-Auditing",
        "computer_name": "hmi-3",
        "record_id": 55,
        "event_data": {
            "NewProcessName": r"C:\Windows\System32\whoami.exe",
            "ParentProcessName": r"C:\Windows\System32\cmd.exe",
            "CommandLine": "whoami /all",
            "SubjectUserName": "op1",
        },
    },
}
NXLOG: Record = {
    "EventTime": "2026-06-01T08:00:00.5+02:00",
    "Hostname": "eng-2",
    "EventID": 7_045,
    "SourceName": "Service Control Manager",
    "Channel": "System",
    "RecordNumber": 9,
    "ServiceName": "updater",
    "ImagePath": r"C:\x.exe",
}
OKTA: Record = {
    "uuid": "f790999f-fe87-467a-9880-6982a583986c",
    "published": "2026-06-01T08:00:00.000Z",
    "eventType": "user.session.start",
    "displayMessage": "User login to Okta",
    "actor": {"id": "00u1", "type": "User", "alternateId": "ayse@plant.example", "displayName": "Ayse"},
    "client": {"ipAddress": "198.51.100.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}},
    "outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"},
    "securityContext": {"isProxy": True},
    "target": [{"type": "User", "alternateId": "op1@plant.example"}],
}
ENTRA_SIGN_IN: Record = {
    "id": "66ea54eb-6301-4ee5-be62-ff5a759b0100",
    "createdDateTime": "2026-06-01T08:00:00.1234567Z",
    "userPrincipalName": "op1@plant.example",
    "appDisplayName": "Copilot",
    "appId": "de8bc8b5",
    "ipAddress": "198.51.100.7",
    "clientAppUsed": "Browser",
    "status": {"errorCode": 50_126, "failureReason": "Invalid username or password."},
}
ENTRA_AUDIT: Record = {
    "id": "Directory_1",
    "category": "ApplicationManagement",
    "activityDateTime": "2026-06-01T08:00:00Z",
    "activityDisplayName": "Add service principal credentials",
    "loggedByService": "Core Directory",
    "initiatedBy": {"user": {"userPrincipalName": "admin@plant.example", "ipAddress": "198.51.100.7"}},
    "targetResources": [{"displayName": "copilot", "type": "ServicePrincipal"}],
}
AZURE_MONITOR: Record = {
    "time": "2026-06-01T08:00:00.0000000Z",
    "resourceId": "/tenants/t/providers/Microsoft.aadiam",
    "operationName": "Sign-in activity",
    "category": "NonInteractiveUserSignInLogs",
    "resultType": "50126",
    "callerIpAddress": "198.51.100.7",
    "properties": {"id": "abc", "userPrincipalName": "op1@plant.example", "appDisplayName": "Copilot"},
}
KEYCLOAK: Record = {
    "id": "7ba1",
    "time": 1_780_000_000_123,
    "type": "LOGIN_ERROR",
    "realmId": "plant",
    "clientId": "copilot",
    "userId": "u-1",
    "ipAddress": "10.0.0.7",
    "error": "invalid_user_credentials",
    "details": {"username": "op1"},
}
KEYCLOAK_ADMIN: Record = {
    "time": 1_780_000_000_123,
    "realmId": "plant",
    "authDetails": {"realmId": "master", "clientId": "cli", "userId": "u-9", "ipAddress": "10.0.0.8"},
    "operationType": "UPDATE",
    "resourceType": "CLIENT",
    "resourcePath": "clients/1",
}
CLOUDTRAIL: Record = {
    "eventVersion": "1.09",
    "userIdentity": {"type": "IAMUser", "userName": "mlops", "accessKeyId": "AKIAEXAMPLE"},
    "eventTime": "2026-06-01T08:00:00Z",
    "eventSource": "bedrock.amazonaws.com",
    "eventName": "InvokeModel",
    "awsRegion": "eu-central-1",
    "sourceIPAddress": "198.51.100.7",
    "userAgent": "aws-cli/2",
    "requestParameters": {"modelId": "m"},
    "eventID": "c0ffee00-1111-2222-3333-444455556666",
}
M365: Record = {
    "CreationTime": "2026-06-01T08:00:00",
    "Id": "8d5c",
    "Operation": "New-InboxRule",
    "Workload": "Exchange",
    "UserId": "op1@plant.example",
    "ClientIP": "198.51.100.7:50123",
    "RecordType": 1,
}
WAZUH: Record = {
    "timestamp": "2026-06-01T08:00:00.123+0000",
    "rule": {
        "level": 10,
        "description": "sshd: brute force trying to get access to the system.",
        "id": "5712",
        "mitre": {"id": ["T1110"], "tactic": ["Credential Access"]},
        "groups": ["syslog", "sshd"],
    },
    "agent": {"id": "004", "name": "historian-1", "ip": "10.20.0.8"},
    "manager": {"name": "wazuh-1"},
    "id": "1780000000.12345",
    "decoder": {"name": "sshd"},
    "data": {"srcip": "10.20.0.66", "srcuser": "root"},
    "full_log": "Jun  1 08:00:00 historian-1 sshd[1]: Failed password for root",
    "location": "/var/log/auth.log",
}
ECS: Record = {
    "@timestamp": "2026-06-01T08:00:00.000Z",
    "ecs": {"version": "8.11.0"},
    "event": {"id": "ev-1", "category": ["process"], "type": ["start"], "module": "endpoint"},
    "host": {"name": "edge-1", "os": {"type": "linux"}},
    "user": {"name": "op1"},
    "process": {"executable": "/usr/bin/curl", "command_line": "curl http://x", "parent": {"name": "sh"}},
    "source": {"ip": "10.0.0.7"},
}

ALL: dict[str, Record] = {
    "suricata": SURICATA_ALERT,
    "zeek": ZEEK_CONN,
    "windows": SYSMON,
    "windows-ecmd": SECURITY_ECMD,
    "ecs-winlogbeat": WINLOGBEAT,
    "windows-nxlog": NXLOG,
    "okta": OKTA,
    "entra": ENTRA_SIGN_IN,
    "entra-audit": ENTRA_AUDIT,
    "entra-monitor": AZURE_MONITOR,
    "keycloak": KEYCLOAK,
    "keycloak-admin": KEYCLOAK_ADMIN,
    "cloudtrail": CLOUDTRAIL,
    "m365": M365,
    "wazuh": WAZUH,
    "ecs": ECS,
}
"""By format, then ``-`` and which of its shapes."""
