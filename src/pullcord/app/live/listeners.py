"""Makes the listeners that the settings name. What is wrong with certificates and secrets shows here, at the start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from importlib.util import find_spec
from pathlib import Path

from pullcord.app.live.listener_settings import (
    FileListener,
    ListenerSettings,
    MailboxListener,
    MqttSettings,
    OpcUaSettings,
    SmtpListener,
    SyslogListener,
)
from pullcord.intake.formats.device_time import zone_of
from pullcord.intake.listening import Listener, Origin
from pullcord.intake.mailbox_watch import MailboxPlace, MailboxWatch
from pullcord.intake.mqtt import MqttListener, MqttPlace
from pullcord.intake.opcua import OpcUaListener, OpcUaPlace, OpcUaSecurity
from pullcord.intake.positions import Positions
from pullcord.intake.smtp_server import SmtpPlace, SmtpServer
from pullcord.intake.syslog_server import SyslogPlace, SyslogServer
from pullcord.intake.tail import Tail, TailPlace
from pullcord.intake.tls import client_context, server_context
from pullcord.model.errors import UsageError
from pullcord.ports import Clock

_LONGEST_FILE = 1 << 20
Secret = Callable[[str], str]


class Maker:
    """Makes listeners.

    Args:
        folder: of the settings; relative paths start there.
        secret: the secret behind a reference.
    """

    def __init__(self, folder: Path, secret: Secret, clock: Clock, positions: Positions) -> None:
        self._folder, self._secret, self._clock, self._positions = folder, secret, clock, positions

    def make(self, one: ListenerSettings) -> Listener:
        """The listener of a table.

        Raises:
            UsageError: a certificate, a secret, a time zone or a package is missing.
        """
        if isinstance(one, SyslogListener):
            return self._syslog(one)
        if isinstance(one, FileListener):
            paths = tuple(str(self._folder / path) for path in one.paths)
            place = TailPlace(paths, from_start=one.start == "begin", zone=_zone(one))
            return Tail(_origin(one), place, self._clock, self._positions)
        if isinstance(one, MailboxListener):
            box = MailboxPlace(self._folder / one.path, one.seconds)
            return MailboxWatch(_origin(one), box, self._clock.now, self._positions)
        if isinstance(one, SmtpListener):
            return self._smtp(one)
        return self._mqtt(one) if isinstance(one, MqttSettings) else self._opcua(one)

    def _syslog(self, one: SyslogListener) -> SyslogServer:
        tls = None
        if one.certificate is not None and one.key is not None:
            client_ca = None if one.client_ca is None else self._folder / one.client_ca
            tls = server_context(self._folder / one.certificate, self._key(one.key), client_ca)
        place = SyslogPlace(
            udp=one.transport == "udp",
            host=one.host,
            port=one.port,
            tls=tls,
            allow=one.allow,
            zone=_zone(one),
            connections=one.connections,
        )
        return SyslogServer(_origin(one), place, self._clock.now)

    def _smtp(self, one: SmtpListener) -> SmtpServer:
        tls = None
        if one.certificate is not None and one.key is not None:
            tls = server_context(self._folder / one.certificate, self._key(one.key))
        place = SmtpPlace(
            host=one.host,
            port=one.port,
            tls=tls,
            allow=one.allow,
            recipients=tuple(address.lower() for address in one.recipients),
            connections=one.connections,
        )
        return SmtpServer(_origin(one), place, self._clock.now)

    def _mqtt(self, one: MqttSettings) -> MqttListener:
        _needs(one, "aiomqtt")
        tls = None
        if one.tls:
            ca = None if one.ca is None else self._folder / one.ca
            certificate = None if one.certificate is None else self._folder / one.certificate
            tls = client_context(ca, certificate, None if one.key is None else self._key(one.key))
        place = MqttPlace(
            one.host,
            one.port,
            one.topics,
            writes=one.writes,
            username=one.username,
            password=None if one.password is None else self._secret(one.password),
            tls=tls,
            version=one.version,
        )
        return MqttListener(_origin(one), place, self._clock.now)

    def _opcua(self, one: OpcUaSettings) -> OpcUaListener:
        _needs(one, "asyncua")
        security = None
        if one.policy is not None and one.certificate is not None and one.key is not None:
            server = (
                None if one.server_certificate is None else _content(self._folder / one.server_certificate)
            )
            certificate = _content(self._folder / one.certificate)
            security = OpcUaSecurity(one.policy, certificate, _content(self._key(one.key)), server)
        place = OpcUaPlace(
            one.url,
            one.nodes,
            events=one.events,
            interval=float(one.interval_ms),
            username=one.username,
            password=None if one.password is None else self._secret(one.password),
            security=security,
        )
        return OpcUaListener(_origin(one), place, self._clock.now)

    def _key(self, reference: str) -> Path:
        """Where a private key is. The libraries read it from a file, so that it must be in one."""
        kind, _, where = reference.partition(":")
        if kind != "file" or not where:
            raise UsageError("a private key is named by file:PATH", "write `key` like file:tls/key.pem")
        return self._folder / where


def _origin(one: ListenerSettings) -> Origin:
    return Origin(
        name=one.name,
        # Mail never is: anybody can write any sender.
        authenticated=not isinstance(one, SmtpListener | MailboxListener) and one.authenticated,
        product=one.product,
        category=one.category,
        service=one.service,
        site=one.site,
        asset=one.asset,
    )


def _zone(one: SyslogListener | FileListener) -> tzinfo:
    found = zone_of(one.zone)
    if found is None:
        raise UsageError(f"listener {one.name!r}: no time zone {one.zone!r}", "write it like Europe/Berlin")
    return found


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_FILE)
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror})", "check the file and your rights"
        ) from error


def _needs(one: ListenerSettings, package: str) -> None:
    if find_spec(package) is None:
        raise UsageError(
            f"listener {one.name!r} needs the package {package}", "install pullcord with the extra `ot`"
        )
