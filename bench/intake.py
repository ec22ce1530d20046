"""Events per second through `pullcord up`: NDJSON batches of 1,000 over HTTP, acknowledged when durable, rules on.

./dev bench intake [SECONDS]
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

BATCH = 1_000
SENDERS = 4


def body(sender: int, number: int) -> bytes:
    """A batch of ordinary events of an AI system: small, no two alike."""
    lines = []
    for place in range(BATCH):
        name = f"{sender}-{number}-{place}"
        event = {
            "id": name,
            "time": "2026-03-17T04:30:00Z",
            "asset": f"camera-{place % 20}",
            "logsource": {"product": "ai", "category": "vision", "service": "inspection"},
            "attributes": {
                "ai.model.name": "weld-gate",
                "ai.model.version": "7.2",
                "vision.score": 0.9 + (place % 10) / 100,
                "vision.result": "pass",
                "ot.line": "Body line 2",
                "vision.part": f"P-{name}",
            },
        }
        lines.append(json.dumps(event))
    return "\n".join(lines).encode()


def send(url: str, token: str, sender: int, until: float, counts: list[int]) -> None:
    """Send batches over one connection until the time is up; counts acknowledged events."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 0, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    bodies = [body(sender, number) for number in range(8)]
    number = 0
    while time.monotonic() < until:
        data = bodies[number % 8].replace(b'"id": "', f'"id": "{number // 8}-'.encode())
        connection.request("POST", "/api/v1/events", data, headers)
        reply = connection.getresponse()
        answer = json.loads(reply.read())
        if reply.status == 200:  # noqa: PLR2004  (HTTP)
            counts[sender] += answer["accepted"]
        elif reply.status in {429, 503}:
            time.sleep(0.05)
        else:
            sys.exit(f"{reply.status}: {answer}")
        number += 1


def main(seconds: float) -> None:
    """Start Pullcord, load it, print the table."""
    with tempfile.TemporaryDirectory(prefix="pullcord-bench-") as folder:
        command = [sys.executable, "-m", "pullcord", "up", "--json", "--port", "0", "--state", folder]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        try:
            first = json.loads(process.stdout.readline() if process.stdout else b"{}")
            counts = [0] * SENDERS
            begin = time.monotonic()
            threads = [
                threading.Thread(
                    target=send, args=[first["url"], first["token"], sender, begin + seconds, counts]
                )
                for sender in range(SENDERS)
            ]
            used = cpu(process.pid)
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            took, used = time.monotonic() - begin, cpu(process.pid) - used
            events = sum(counts)
            print(f"{'events acknowledged':<34}{events:>12,}")
            print(f"{'events/s (wall, machine as it is)':<34}{events / took:>12,.0f}")
            print(f"{'events/s of CPU time of Pullcord':<34}{events / used:>12,.0f}")
            print(f"{'resident memory, MB':<34}{memory(process.pid):>12,.0f}")
        finally:
            process.terminate()
            process.wait(30)


def cpu(process: int) -> float:
    """Seconds of CPU time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory(process: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1_024


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
