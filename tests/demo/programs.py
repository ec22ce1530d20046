"""Runs single programs of the demo plant for tests, and a stand-in for Pullcord that records what it is sent."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from pullcord.demo import calling
from pullcord.demo.errors import NoAnswerError


def until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def answers(port: int, path: str) -> bool:
    """Whether a program answers."""
    try:
        calling.ask("GET", port, path, seconds=2.0)
    except NoAnswerError:
        return False
    return True


@contextmanager
def running(folder: Path, module: str, port: int, path: str = "/") -> Iterator[subprocess.Popen[bytes]]:
    """Run ``pullcord.demo.<module>`` for ``folder`` until the block ends."""
    with subprocess.Popen([sys.executable, "-m", f"pullcord.demo.{module}", str(folder)]) as process:
        try:
            assert until(lambda: process.poll() is not None or answers(port, path))
            assert process.poll() is None
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5.0)
            except subprocess.TimeoutExpired:
                process.kill()


class Receiver(ThreadingHTTPServer):
    """Takes OTLP and native events as Pullcord does; ``status`` is what it answers."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.requests: list[bytes] = []
        self.spans: list[Span] = []
        self.resources: list[dict[str, str]] = []
        self.events: list[dict[str, Any]] = []
        self.tokens: dict[str, str | None] = {}
        self.status = 200
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def of_trace(self, trace_id: str) -> list[Span]:
        return [span for span in self.spans if span.trace_id.hex() == trace_id]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        if self.server.status == 200:
            self.server.tokens[self.path] = self.headers.get("Authorization")
            self._take(data)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def _take(self, data: bytes) -> None:
        if self.path != "/v1/traces":
            self.server.events += [json.loads(line) for line in data.splitlines()]
            return
        self.server.requests.append(data)
        for resource in ExportTraceServiceRequest.FromString(data).resource_spans:
            self.server.resources.append({a.key: a.value.string_value for a in resource.resource.attributes})
            for scope in resource.scope_spans:
                self.server.spans += scope.spans

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def attributes(span: Span) -> dict[str, str]:
    return {item.key: item.value.string_value for item in span.attributes}
