"""Spans on their way to Pullcord: the OTLP exporter of the SDK behind a bounded buffer that outlasts an outage."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from pullcord.demo.place import Link, read_link

if TYPE_CHECKING:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import ReadableSpan

_MOST_WAITING = 20_000
_AT_ONCE = 512
_LINGER = 0.1
_RETRY = 0.5
_TIMEOUT = 2.0


class Outbox(SpanExporter):
    """Takes finished spans at once and sends them from a thread, in order, until Pullcord has them.

    ``pullcord.json`` is read again before each try, so a Pullcord that came back on another port is found. At most
    20,000 spans wait; then the oldest goes (``lost`` counts them).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: deque[ReadableSpan] = deque()
        self._news = threading.Condition()
        self._closed = threading.Event()
        self._exporter: tuple[Link, OTLPSpanExporter] | None = None
        self.lost = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="outbox")
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Spans that have not reached Pullcord."""
        return len(self._waiting)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take spans over; never fails, never waits."""
        with self._news:
            self._waiting.extend(spans)
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popleft()
                self.lost += 1
            self._news.notify()
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Send what waits once more and stop."""
        self._closed.set()
        with self._news:
            self._news.notify()
        self._thread.join(_TIMEOUT)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Whether nothing waits; does not wait itself."""
        del timeout_millis
        return not self._waiting

    def _run(self) -> None:
        while True:
            with self._news:
                while not self._waiting and not self._closed.is_set():
                    self._news.wait()
            self._closed.wait(_LINGER)  # the spans that end right after go in the same request
            with self._news:
                batch = [self._waiting[index] for index in range(min(_AT_ONCE, len(self._waiting)))]
            if batch and self._send(batch):
                with self._news:
                    for span in batch:
                        if self._waiting and self._waiting[0] is span:
                            self._waiting.popleft()
            elif self._closed.is_set():
                return
            else:
                self._closed.wait(_RETRY)

    def _send(self, batch: list[ReadableSpan]) -> bool:
        link = read_link(self._folder)
        if link is None:
            return False
        return self._connected(link).export(batch) is SpanExportResult.SUCCESS

    def _connected(self, link: Link) -> OTLPSpanExporter:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        if self._exporter is None or self._exporter[0] != link:
            exporter = OTLPSpanExporter(
                endpoint=f"{link.url}/v1/traces",
                headers={"authorization": f"Bearer {link.copilot}"},
                timeout=_TIMEOUT,
            )
            self._exporter = link, exporter
        return self._exporter[1]
