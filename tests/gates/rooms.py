"""The import rules as one table: what each room of ``src/pullcord`` may import.

A row is ``room: (other rooms, third-party packages, whether input and output are allowed)``. A room that is
not in the table fails the gate. The phase rooms judge and never act, only `response` reaches responders, only
`otwriter` writes to OT, only `advisers` knows a language-model library, only `app` wires rooms together.
"""

from __future__ import annotations

from typing import NamedTuple


class Room(NamedTuple):
    """What a room may import besides itself and the standard library."""

    rooms: str = ""
    packages: str = ""
    acts: bool = True


JUDGES = "model ports analysis content"
NUMERIC = "msgspec numpy rustworkx"

ROOMS: dict[str, Room] = {
    # The nouns and the ports: everyone imports them, they import nobody.
    "model": Room("", "msgspec", acts=False),
    "ports": Room("model", "msgspec", acts=False),
    "content": Room("model", "msgspec ruamel"),
    "analysis": Room("model", "msgspec numpy rustworkx", acts=False),
    # The rooms that judge.
    "detection": Room(
        JUDGES, f"{NUMERIC} sigma yaml ahocorasick_rs re2 orjson hyperscan river sklearn", acts=False
    ),
    "triage": Room(JUDGES, NUMERIC, acts=False),
    "containment": Room(JUDGES, f"{NUMERIC} cedarpy", acts=False),
    "investigation": Room(JUDGES, NUMERIC, acts=False),
    "recovery": Room(JUDGES, NUMERIC, acts=False),
    "learning": Room(JUDGES, NUMERIC, acts=False),
    "risk": Room(JUDGES, f"{NUMERIC} onnxruntime", acts=False),
    "intel": Room(JUDGES, NUMERIC, acts=False),
    "playbooks": Room(JUDGES, "msgspec ruamel celpy cel", acts=False),
    # The rooms that act, or reach the world.
    "response": Room(f"{JUDGES} responders", "msgspec orjson dbos cedarpy"),
    "responders": Room("model ports analysis", "msgspec orjson httpx cedarpy"),
    "otwriter": Room("model ports analysis", "msgspec orjson cryptography"),
    "intake": Room("model ports analysis", "msgspec orjson zstandard httpx opentelemetry google"),
    "connectors": Room("model ports analysis", "msgspec orjson httpx"),
    "advisers": Room("model ports analysis", "msgspec orjson httpx pydantic_ai pydantic"),
    "store": Room(
        "model ports analysis",
        "msgspec orjson zstandard sqlalchemy alembic pysqlite3 duckdb numpy psycopg nats obstore "
        "cryptography",
    ),
    # The wiring and what people see.
    "__main__": Room("cli"),
    "app": Room(
        f"{JUDGES} detection triage containment investigation recovery learning risk intel playbooks "
        "response intake connectors advisers store demo",
        "msgspec orjson zstandard numpy jinja2 markupsafe ruamel cryptography httpx apprise argon2 authlib "
        "typst",
    ),
    "server": Room(
        "model analysis app web", "msgspec orjson litestar uvicorn jinja2 markupsafe authlib argon2"
    ),
    "web": Room("model analysis app", "msgspec litestar jinja2 markupsafe"),
    "cli": Room("model analysis app server otwriter", "msgspec orjson click rich"),
    "demo": Room(
        "model analysis content",
        "msgspec orjson httpx supervisor openfeature opentelemetry cedarpy cryptography",
    ),
}

# Protocols that can write to OT: only these modules may import them, whatever the room table says.
OT_LIBRARIES: dict[str, str] = {
    "asyncua": "otwriter demo intake.opcua",
    "pymodbus": "otwriter demo",
    "aiomqtt": "otwriter demo intake.mqtt responders.mosquitto",
}

# Standard library that reaches files, processes or the network: not for rooms that judge.
# urllib is not here because urllib.parse is pure; test_purity refuses the rest of it.
INPUT_OUTPUT = """
    asyncio concurrent ctypes dbm fcntl ftplib http imaplib mmap multiprocessing os pickle poplib pty select
    selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess tempfile threading
    webbrowser xmlrpc
"""
