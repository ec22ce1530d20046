"""Shadow AI: a host that is no registered AI system calls a public model service, or a model server of its own.

Reads what network monitors, resolvers and proxies write; TLS and DNS show the host but not what was sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from pullcord.analysis.quoting import quoted
from pullcord.detection.behaviour.firsts import Firsts
from pullcord.detection.behaviour.hosts import host
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import key_of
from pullcord.detection.behaviour.report import MAX_NAME, Rule, report
from pullcord.detection.behaviour.services import model_path, service_of, services
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

SERVICE = Rule(
    "pullcord.behaviour.shadow-ai-service",
    "Public model service used by an unregistered system",
    "shadow-ai",
    ("AML.T0096",),
)
SERVER = Rule(
    "pullcord.behaviour.shadow-ai-server",
    "Model server that nobody registered",
    "shadow-ai",
    ("AML.T0112.000", "AML.T0103"),
)
_USUAL = (
    "server.address",
    "tls.server_name",
    "tls.client.server_name",
    "dns.question.name",
    "url.domain",
    "url.full",
    "destination.domain",
)
_OF_MONITORS = {"query", "server_name", "tls.sni", "cs-host", "http.hostname", "host", "r-dns"}
HOSTS = (*_USUAL, *sorted(_OF_MONITORS))
"""Where the host stands: OpenTelemetry names, then those of Zeek, Suricata and proxies (in their own records only)."""
URLS = ("url.full", "url.path", "c-uri", "cs-uri", "cs-uri-stem", "cs-uri-query", "uri", "http.url")
_MONITORS = frozenset({"zeek", "suricata"})
_CATEGORIES = frozenset({"dns", "dns_query", "proxy", "webserver", "firewall", "network_connection"})
_CLIENTS = ("client.address", "source.address", "source.ip", "host.name")
_NAMES = ("gen_ai.agent.name", "service.name", "host.name", "client.address", "source.address", "source.ip")
_CONTROL = 3.0
"""Purdue level below which a host belongs to the control network."""


class Shadow:
    """Which unregistered host uses which model service; each pair is told once."""

    def __init__(self, knowledge: Knowledge, limits: Limits) -> None:
        self.firsts = Firsts("shadow", limits.clients, limits)
        self._knowledge = knowledge

    def look(self, event: Event, hosts: Iterable[str] = HOSTS, urls: Iterable[str] = URLS) -> Finding | None:
        """Whether one event of the network shows a model service or server in unregistered use.

        Args:
            hosts, urls: names of attributes among ``HOSTS`` and ``URLS`` that the event has.
        """
        if not self._knowledge.systems and event.logsource.product == "ai":
            return None  # without an inventory no agent is registered: that says nothing about this one
        place, service = self._place(event, hosts)
        if service is not None and place is not None:
            return self._service(event, place, service)
        for name in urls:
            value = event.attributes.get(name)
            path = model_path(value) if isinstance(value, str) else None
            if path is not None:
                return self._server(event, place, path)
        return None

    def _place(self, event: Event, hosts: Iterable[str]) -> tuple[str | None, str | None]:
        """The host that is called, and the service it belongs to: the first of a service, else the first."""
        first = None
        for name in hosts:
            if name in _OF_MONITORS and not _from_a_monitor(event):
                continue
            value = event.attributes.get(name)
            if isinstance(value, list) and value:
                value = value[0]
            if isinstance(value, str) and (place := host(value)) is not None:
                service = service_of(place)
                if service is not None:
                    return place, service
                first = first or place
        return first, None

    def _client(self, event: Event) -> str | None:
        """Who calls; None if it is a registered AI system or nobody is named."""
        if event.attributes.get("ai.system.registered") is True:
            return None
        names = [event.asset, event.actor, *(event.text(name) for name in _NAMES)]
        if any(self._knowledge.system(name) for name in names):
            return None
        return next((name for key in _CLIENTS if (name := event.text(key))), None) or event.asset

    def _service(self, event: Event, place: str, service: str) -> Finding | None:
        client = self._client(event)
        if client is None or place in self._knowledge.endpoints:
            return None
        owner = key_of(event.site, client)
        if self.firsts.see(owner, service, event.time) is None or not self.firsts.may_tell(owner, event.time):
            return None
        level = self._knowledge.assets.get(client.casefold())
        control = level is not None and level < _CONTROL
        # A whole office that uses a service is one story: some hosts a day are enough to tell it.
        users = key_of(event.site, "users of", service)
        self.firsts.see(users, client[:MAX_NAME], event.time)
        if not self.firsts.may_tell(users, event.time) and not control:
            return None
        reasons = [
            f"{quoted(client)} called {quoted(place)}, which belongs to {service}.",
            f"No AI system of the inventory goes by that name or address (list of services of {services().date}).",
        ]
        if control:
            reasons.append(f"It stands in the control network (Purdue level {level:g}).")
        if not any(name in event.attributes for name in URLS):
            reasons.append("Only the name of the host is known: what was sent cannot be seen.")
        severity = Severity.HIGH if control else Severity.LOW
        return report(SERVICE, event, severity, reasons, entities=_entities(client, place))

    def _server(self, event: Event, place: str | None, path: str) -> Finding | None:
        names = (place, event.text("server.address"), event.asset)
        if place in self._knowledge.endpoints or any(self._knowledge.system(name) for name in names):
            return None
        client = self._client(event)
        if client is None or place is None:
            return None
        owner = key_of(event.site, "server", place)
        if self.firsts.see(owner, path, event.time) is None or not self.firsts.may_tell(owner, event.time):
            return None
        reasons = (
            f"{quoted(client)} called {path} at {quoted(place)}: that is how programs speak to a model server.",
            "No AI system of the inventory goes by either name.",
        )
        return report(SERVER, event, Severity.LOW, reasons, entities=_entities(client, place))


def _from_a_monitor(event: Event) -> bool:
    source = event.logsource
    return source.product in _MONITORS or source.category in _CATEGORIES


def _entities(client: str, place: str) -> list[tuple[str, str | None]]:
    kind = (
        "address"
        if host(client) and client.replace(".", "").replace(":", "").isalnum() and client[-1].isdigit()
        else "host"
    )
    return [(kind, client[:MAX_NAME]), ("destination", place)]
