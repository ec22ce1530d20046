"""Zeek, Suricata, Windows, and the logs of the servers around models, as these write them."""

from __future__ import annotations

from collections.abc import Mapping

from bench.plant_days.days import HOUR, MINUTE, SECOND, Day, times
from bench.plant_days.emit import Record, Stream, rfc3339
from bench.plant_days.staff import people

_OFFICE = (
    "www.office.com", "outlook.office365.com", "login.microsoftonline.com", "teams.microsoft.com", "www.heise.de",
    "update.googleapis.com", "ctldl.windowsupdate.com", "portal.norrseal.example", "shop.kolar-tools.example",
    "www.spiegel.de", "www.youtube.com", "track.brandt-logistik.example", "erp.torvik-pumps.example",
    "intranet.torvik-pumps.example", "www.linkedin.com", "en.wikipedia.org", "stackoverflow.com", "github.com",
)  # fmt: skip
_PERMITTED = ("copilot.microsoft.com", "www.deepl.com", "copilot.microsoft.com")
"""The office licence allows them to everybody."""
_OT = ("10.20.30.5", "10.20.40.5", "10.20.50.5", "10.20.90.10")
_SERVERS = {
    "10.30.4.20": ("torvik-ai.openai.azure.com", "login.microsoftonline.com", "api.mistral.ai"),
    "10.30.4.21": ("llm-gw.torvik-pumps.example", "portal.norrseal.example", "erp.torvik-pumps.example"),
    "10.30.4.22": (
        "packages.torvik-pumps.example",
        "registry.torvik-pumps.example",
        "mlflow.torvik-pumps.example",
    ),
}
_ALERTS = (
    ("ET INFO Observed DNS Query to .cloud TLD", 2027757, 3),
    ("SURICATA STREAM excessive retransmissions", 2210054, 3),
    ("ET POLICY Dropbox Client Broadcasting", 2012648, 3),
    ("ET USER_AGENTS Microsoft Dr Watson User-Agent", 2013390, 3),
    ("SURICATA TLS invalid record type", 2230002, 3),
    ("ET SCAN Suspicious inbound to MSSQL port 1433", 2010935, 2),
)


def sensors(day: Day) -> list[Record]:
    """Name look-ups, TLS greetings, connections, and the alerts that every network has."""
    stream = Stream(day, "sensors")
    chance = stream.chance
    crowd = people(day)
    for time in times(day, chance, 90, office=True):
        person = chance.choice(crowd)
        host = chance.choice(_PERMITTED) if chance.random() < 0.015 else chance.choice(_OFFICE)  # noqa: PLR2004
        _visit(stream, time, f"10.30.{16 + person.number % 4}.{person.number + 10}", host)
    for address, hosts in _SERVERS.items():
        for time in times(day, chance, 14):
            _visit(stream, time, address, chance.choice(hosts))
    for time in times(day, chance, 40):
        talk = {
            "id.orig_h": "10.20.90.10",
            "id.resp_h": chance.choice(_OT),
            "id.resp_p": chance.choice((4840, 1883)),
        }
        _zeek(
            stream,
            time,
            "conn",
            {**talk, "proto": "tcp", "conn_state": "SF", "orig_bytes": 900, "resp_bytes": 40_000},
        )
    for time in times(day, chance, 1.5):
        text, number, grade = chance.choices(_ALERTS, (8, 8, 3, 3, 3, 1))[0]
        _alert(stream, time, text, number, grade)
    if day.weekday == 1:
        _visit(stream, day.start + 3 * HOUR, "10.30.4.22", f"mirror{day.number}.pythonhosted.example")
        copied = {"id.orig_h": "10.30.4.30", "id.resp_h": "10.30.4.22", "id.resp_p": 443, "proto": "tcp"}
        _zeek(
            stream,
            day.start + 3 * HOUR,
            "conn",
            {**copied, "conn_state": "SF", "orig_bytes": 9_000_000_000, "resp_bytes": 1},
        )
    return stream.records


def _zeek(stream: Stream, time: int, log: str, fields: Mapping[str, object]) -> None:
    stream.raw(
        time, {"_path": log, "ts": time / SECOND, "uid": f"C{stream.chance.getrandbits(64):x}", **fields}
    )


def _visit(stream: Stream, time: int, address: str, host: str) -> None:
    """A look-up and a greeting."""
    resolver = {"id.orig_h": address, "id.resp_h": "10.30.1.53", "id.resp_p": 53}
    _zeek(stream, time, "dns", {**resolver, "query": host, "qtype_name": "A", "rcode_name": "NOERROR"})
    server = {
        "id.orig_h": address,
        "id.resp_h": f"151.101.{len(host) * 7 % 250}.{ord(host[-5])}",
        "id.resp_p": 443,
    }
    _zeek(
        stream,
        time + SECOND // 5,
        "ssl",
        {**server, "server_name": host, "version": "TLSv13", "established": True},
    )


def _alert(stream: Stream, time: int, text: str, number: int, grade: int) -> None:
    address = f"10.30.{16 + stream.chance.randrange(4)}.{stream.chance.randrange(10, 80)}"
    stream.raw(
        time,
        {
            "timestamp": rfc3339(time),
            "event_type": "alert",
            "flow_id": stream.chance.getrandbits(48),
            "src_ip": address,
            "src_port": stream.chance.randrange(20_000, 60_000),
            "dest_ip": f"151.101.{stream.chance.randrange(256)}.{stream.chance.randrange(1, 255)}",
            "dest_port": 443,
            "proto": "TCP",
            "alert": {
                "signature": text,
                "signature_id": number,
                "severity": grade,
                "category": "Misc activity",
                "action": "allowed",
            },
        },
    )


def hosts(day: Day) -> list[Record]:
    """Sign-ins and processes of Windows; proxies of MLflow and Qdrant; the broker's log; proxies of AI systems."""
    stream = Stream(day, "hosts")
    chance = stream.chance
    crowd = people(day)
    for time in times(day, chance, 45, office=True):
        person = chance.choice(crowd)
        wrong = chance.random() < 0.05  # noqa: PLR2004 -- share of typos
        data = {"TargetUserName": person.name, "LogonType": 2, "IpAddress": "-"}
        _windows(stream, time, person.host, 4625 if wrong else 4624, data)
    for time in times(day, chance, 60, office=True):
        image, parent, line = chance.choice(_PROCESSES)
        data = {"NewProcessName": image, "ParentProcessName": parent, "CommandLine": line}
        _windows(
            stream,
            time,
            chance.choice(crowd).host,
            4688,
            {**data, "SubjectUserName": chance.choice(crowd).name},
        )
    _proxies(stream)
    _broker(stream)
    _egress(stream)
    return stream.records


_PROCESSES = (
    (r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE", r"C:\Windows\explorer.exe", "EXCEL.EXE plan.xlsx"),
    (r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", r"C:\Windows\explorer.exe", "msedge.exe"),
    (r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", r"C:\Windows\System32\svchost.exe", "inventory.ps1"),
    (r"C:\Python311\python.exe", r"C:\Windows\System32\cmd.exe", "python.exe report.py"),
    (r"C:\Windows\System32\taskhostw.exe", r"C:\Windows\System32\svchost.exe", "taskhostw.exe"),
    (r"C:\TIA\Portal.exe", r"C:\Windows\explorer.exe", "Portal.exe"),
)  # fmt: skip


def _windows(stream: Stream, time: int, computer: str, number: int, data: Mapping[str, object]) -> None:
    system = {
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
        "EventID": number,
        "Channel": "Security",
        "Computer": computer,
        "EventRecordID": stream.chance.getrandbits(40),
        "TimeCreated": {"#attributes": {"SystemTime": rfc3339(time)}},
    }
    stream.raw(time, {"Event": {"System": system, "EventData": dict(data)}})


def _proxies(stream: Stream) -> None:
    chance, day = stream.chance, stream.day
    for time in times(day, chance, 10):
        path = chance.choice(
            (
                "/api/2.0/mlflow/runs/search",
                "/api/2.0/mlflow/registered-models/get",
                "/api/2.0/mlflow/runs/log-metric",
            )
        )
        told = {"http.request.method": "POST", "url.path": path, "http.response.status_code": 200}
        told |= {"client.address": "10.30.4.22", "user.name": "svc-ml-pipeline"}
        stream.native(time, {"product": "mlflow"}, told, asset="ml-host", actor="svc-ml-pipeline")
    for time in times(day, chance, 20):
        status = 403 if chance.random() < 0.01 else 200  # noqa: PLR2004 -- share of wrong keys
        told = {"http.request.method": "POST", "url.path": "/collections/manuals/points/search"}
        told |= {"http.response.status_code": status, "client.address": "10.30.4.21"}
        stream.native(time, {"product": "qdrant"}, told, asset="vector-host")
    told = {
        "http.request.method": "POST",
        "url.path": "/collections/manuals/snapshots",
        "http.response.status_code": 200,
    }
    told |= {"client.address": "10.30.4.30", "user.name": "svc-backup"}
    stream.native(day.start + 3 * HOUR, {"product": "qdrant"}, told, asset="vector-host", actor="svc-backup")


def _broker(stream: Stream) -> None:
    chance, day = stream.chance, stream.day
    where = {"product": "syslog", "service": "mosquitto"}
    for time in times(day, chance, 6):
        client, address = f"edge-{chance.randrange(12):02}", f"10.20.30.{chance.randrange(5, 40)}"
        said = chance.choice(
            (
                f"New client connected from {address}:49152 as {client} (p2, c1, k60, u'{client}').",
                f"Client {client} closed its connection.",
                f"Client {client} has exceeded timeout, disconnecting.",
                "Saving in-memory database to /var/lib/mosquitto/mosquitto.db.",
            )
        )
        stream.native(time, where, {"message": said, "host.name": "broker-host"}, asset="broker-host")
    if day.maintenance:
        for index in range(4):
            said = "Client service-notebook disconnected, not authorised."
            time = day.start + 8 * HOUR + index * MINUTE
            stream.native(time, where, {"message": said, "host.name": "broker-host"}, asset="broker-host")


def _egress(stream: Stream) -> None:
    """What the proxy of the AI hosts tells: always the same places, a new one after a roll-out."""
    chance, day = stream.chance, stream.day
    for time in times(day, chance, 25):
        address, places = chance.choice(tuple(_SERVERS.items()))
        place = chance.choice(places)
        told: dict[str, object] = {
            "client.address": address,
            "server.address": place,
            "egress.decision": "allowed",
            "egress.first_seen": False,
            "ai.destination.scope": "internal" if place.endswith("torvik-pumps.example") else "external",
        }
        host = {"10.30.4.20": "llm-gateway", "10.30.4.21": "agent-host", "10.30.4.22": "ml-host"}[address]
        stream.ai(time, "egress", {**told, "host.name": host}, asset=host)
    if day.number in {8, 12, 15, 24}:
        new: dict[str, object] = {
            "host.name": "agent-host",
            "client.address": "10.30.4.21",
            "egress.decision": "allowed",
        }
        new |= {
            "server.address": f"api{day.number}.carrier.example",
            "egress.first_seen": True,
            "ai.destination.scope": "external",
        }
        stream.ai(day.start + 10 * HOUR, "egress", new, asset="agent-host")
