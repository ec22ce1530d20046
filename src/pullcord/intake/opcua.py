"""Listens to an OPC UA server: data changes of named nodes, and its events. Only this file of the intake knows asyncua.

It reads and subscribes, and does nothing else: no write, no call, no node made or removed; a test reads this file for
it. That the account it signs in with may do nothing else either is for the server's own rights.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pullcord.intake.context import Counters
from pullcord.intake.funnel import Funnel
from pullcord.intake.listening import ListenerError, Origin, Take, Tally, deliver
from pullcord.intake.opcua_events import Change, Told, change_event, told_event
from pullcord.model.errors import UsageError
from pullcord.model.event import Event

if TYPE_CHECKING:
    from asyncua import ua
    from asyncua.client.client import Client
    from asyncua.common.node import Node
    from asyncua.common.subscription import DataChangeNotif, Subscription
    from asyncua.crypto.uacrypto import CertProperties

_COUNTED = (
    *("received", "events", "dropped", "busy", "connections", "changes", "told"),
    *("nodes", "refused_nodes", "events_refused"),
)
_SERVER = 2253
_SIZE = 512
_OTHER_NAMES = "2.5.29.17"  # subject alternative names of a certificate
_CHECK_SECONDS = 2.0
_VALUES_QUEUED, _EVENTS_QUEUED = 10, 1_000
# What is asked of events: type by type as part 5 and part 9 define them, so that nothing needs to be browsed.
_FIELDS = (
    (2041, ("EventId", "EventType", "SourceNode", "SourceName", "Time", "Message", "Severity")),
    (2052, ("Status", "ServerId", "ClientAuditEntryId", "ClientUserId")),
    (2100, ("AttributeId", "IndexRange", "OldValue", "NewValue")),
    (2127, ("MethodId", "InputArguments")),
    (2782, ("ConditionName", "Retain")),
    (2881, ("AckedState/Id",)),
    (2915, ("ActiveState/Id",)),
)


@dataclass(frozen=True)
class OpcUaSecurity:
    """How to sign and encrypt: ``Basic256Sha256``, ``Aes128Sha256RsaOaep``, ``Aes256Sha256RsaPss``; PEM or DER."""

    policy: str
    certificate: bytes
    key: bytes = field(repr=False)
    server_certificate: bytes | None = None


@dataclass(frozen=True)
class OpcUaPlace:
    """Which server, and what of it.

    Attributes:
        nodes: ids of the nodes whose values are followed.
        events: follow the server's events, alarms and audits too.
        interval: milliseconds between two looks of the server.
    """

    url: str
    nodes: tuple[str, ...] = ()
    events: bool = True
    interval: float = 500.0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: OpcUaSecurity | None = None
    seconds: float = 10.0


class OpcUaListener:
    """Listens to one server.

    Attributes:
        name: of the listener.
    """

    def __init__(self, origin: Origin, place: OpcUaPlace, now: Callable[[], int]) -> None:
        self.name = origin.name
        self._origin, self._place, self._now = origin, place, now
        self._tally, self._counters = Tally(_COUNTED), Counters()
        self._funnel: Funnel[Change | Told] = Funnel()
        self._run, self._number = secrets.token_hex(8), 0
        self._names: dict[str, str] = {}
        self._lost = asyncio.Event()

    def health(self) -> dict[str, int]:
        """Counters since it was made; ``waiting`` and ``nodes`` are of now."""
        return {**self._tally.health(), "waiting": len(self._funnel)}

    async def run(self, take: Take) -> None:
        """Listen until cancelled.

        Raises:
            ListenerError: the server cannot be reached, refuses us, or the connection is lost.
            UsageError: the library is not installed.
        """
        self._funnel, self._lost = Funnel(), asyncio.Event()

        async def hand_on(group: Sequence[Change | Told]) -> None:
            await deliver(take, [self._event(one) for one in group], (), self._tally)

        async with asyncio.TaskGroup() as group:
            group.create_task(self._funnel.empty_into(hand_on))
            await self._listen()

    async def _listen(self) -> None:
        try:
            from asyncua.ua.uaerrors import UaError
        except ImportError as error:
            raise UsageError(
                "a listener for OPC UA needs the package asyncua", "install pullcord with the extra `ot`"
            ) from error
        try:
            await self._follow()
        except (UaError, OSError, ValueError) as error:
            raise ListenerError(
                f"{self._place.url}: no connection to the server ({type(error).__name__})",
                "check that it runs, its address, and the certificate, name and rights of this listener",
            ) from error

    async def _follow(self) -> None:
        client = await self._client()
        async with client:
            self._tally.add("connections")
            watch = await client.create_subscription(self._place.interval, _Handler(self))
            await self._subscribe(client, watch)
            while not self._lost.is_set():
                await client.check_connection()
                try:
                    await asyncio.wait_for(self._lost.wait(), _CHECK_SECONDS)
                except TimeoutError:
                    continue
        raise ConnectionError

    async def _subscribe(self, client: Client, watch: Subscription) -> None:
        from asyncua.ua.uaerrors import UaError

        nodes: list[Node] = []
        for wanted in self._place.nodes:
            node = client.get_node(wanted)
            nodes.append(node)
            self._names[node.nodeid.to_string()] = await _name(node)
        refused = 0
        for begin in range(0, len(nodes), _SIZE):
            part = nodes[begin : begin + _SIZE]
            handles = await watch.subscribe_data_change(part, queuesize=_VALUES_QUEUED)
            refused += sum(not isinstance(handle, int) for handle in handles)
        self._tally.set("nodes", len(nodes) - refused)
        self._tally.set("refused_nodes", refused)
        if self._place.events:
            try:
                await watch.subscribe_events(_SERVER, evfilter=_filter(), queuesize=_EVENTS_QUEUED)
            except UaError:
                # Small servers have values and no events; shown, and no reason to see nothing at all.
                if not nodes:
                    raise
                self._tally.set("events_refused", 1)

    async def _client(self) -> Client:
        from asyncua.client.client import Client

        place = self._place
        client = Client(place.url, timeout=place.seconds)
        client.name = "Pullcord (reads only)"
        if place.username is not None:
            client.set_user(place.username)
            client.set_password(place.password or "")
        if place.security is not None:
            from asyncua.crypto import security_policies as known

            # The library says `type` and means classes that it calls abstract.
            policies: dict[str, Any] = {
                "Basic256Sha256": known.SecurityPolicyBasic256Sha256,
                "Aes128Sha256RsaOaep": known.SecurityPolicyAes128Sha256RsaOaep,
                "Aes256Sha256RsaPss": known.SecurityPolicyAes256Sha256RsaPss,
            }
            mine = _held(place.security.certificate)
            client.application_uri = await _uri(mine) or client.application_uri
            server = place.security.server_certificate
            await client.set_security(
                policies[place.security.policy],
                mine,
                _held(place.security.key),
                server_certificate=None if server is None else _held(server),
            )
        return client

    def lost(self) -> None:
        """The subscription has ended."""
        self._lost.set()

    def changed(self, node: str, value: object, data: DataChangeNotif) -> None:
        """A value has changed."""
        held = data.monitored_item.Value
        change = Change(
            node=node,
            tag=self._names.get(node, node),
            value=value,
            status=0 if held.StatusCode is None else held.StatusCode.value,
            source_time=held.SourceTimestamp,
            server_time=held.ServerTimestamp,
            received=self._now(),
            key=self._key(),
        )
        self._offer(change, "changes")

    def told(self, fields: dict[str, object]) -> None:
        """The server told something."""
        self._offer(Told(fields, self._now(), self._key()), "told")

    def _key(self) -> str:
        self._number += 1
        return f"{self._run}:{self._number}"

    def _offer(self, item: Change | Told, kind: str) -> None:
        self._tally.add("received")
        self._tally.add(kind)
        if not self._funnel.offer(item, _SIZE):
            self._tally.add("dropped")

    def _event(self, item: Change | Told) -> Event:
        ctx = self._origin.context(item.received, self._counters)
        if isinstance(item, Change):
            return self._origin.marked(change_event(item, self._place.url, ctx))
        return self._origin.marked(told_event(item, self._place.url, self._names, ctx))


class _Handler:
    """What the library calls; it only hands on."""

    def __init__(self, listener: OpcUaListener) -> None:
        self._listener = listener

    def datachange_notification(self, node: Node, val: object, data: DataChangeNotif) -> None:
        """A value has changed."""
        self._listener.changed(node.nodeid.to_string(), val, data)

    def event_notification(self, event: object) -> None:
        """The server told something; the library has made attributes of the fields."""
        self._listener.told(dict(vars(event)))

    def status_change_notification(self, status: ua.StatusChangeNotification) -> None:
        """The subscription has ended, or its connection."""
        del status
        self._listener.lost()


async def _name(node: Node) -> str:
    """The name that people know a node by, or its id where the server does not tell."""
    from asyncua.ua.uaerrors import UaError

    try:
        shown = await node.read_display_name()
    except UaError:
        return node.nodeid.to_string()
    return shown.Text or node.nodeid.to_string()


def _held(content: bytes) -> CertProperties:
    """A certificate or key as the library wants it; it would go by the name of the file."""
    from asyncua.crypto.uacrypto import CertProperties

    return CertProperties(content, extension="pem" if b"-----BEGIN" in content else "der")


async def _uri(certificate: CertProperties) -> str:
    """The name of the application in its certificate: servers compare it with what we say we are."""
    from asyncua.crypto.uacrypto import load_certificate

    content = certificate.path_or_content
    found = await load_certificate(content, certificate.extension)
    names = [
        name for held in found.extensions if held.oid.dotted_string == _OTHER_NAMES for name in held.value
    ]
    return next((str(one.value) for one in names if type(one).__name__ == "UniformResourceIdentifier"), "")


def _filter() -> ua.EventFilter:
    from asyncua import ua
    from asyncua.ua.attribute_ids import AttributeIds

    clauses = [
        ua.SimpleAttributeOperand(
            TypeDefinitionId=ua.NodeId(ua.Int32(kind)),
            BrowsePath=[ua.QualifiedName(part) for part in path.split("/")],
            AttributeId=AttributeIds.Value,
        )
        for kind, paths in _FIELDS
        for path in paths
    ]
    return ua.EventFilter(SelectClauses=clauses)
