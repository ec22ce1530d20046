"""The tables ``[[listeners]]`` of the settings, one struct for each ``kind``; docs/reference/settings.md has them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pullcord.model.noun import Noun

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Words = Annotated[tuple[str, ...], msgspec.Meta(max_length=1_000)]
Some = Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=1_000)]


class Common(Noun, frozen=True, kw_only=True, tag_field="kind"):
    """What all listeners have.

    Attributes:
        name: shown as the source of its events; no person and no source has the same name.
        product, category, service: of the log source, put over what the events say.
        site, asset: the same.
    """

    name: Name
    product: str | None = None
    category: str | None = None
    service: str | None = None
    site: str | None = None
    asset: str | None = None


class SyslogListener(Common, frozen=True, kw_only=True, tag="syslog"):
    """Syslog with CEF and LEEF.

    Attributes:
        authenticated: no suspect could have written what comes.
        remote: other machines may send.
        certificate, key, client_ca: PEM files for ``tls``; ``key`` is a reference ``file:PATH``.
        allow: networks that may send; empty: all that can reach it.
        zone: IANA name of the time zone of times that name none.
    """

    transport: Literal["udp", "tcp", "tls"] = "tcp"
    host: str = "127.0.0.1"
    port: Port = 5514
    remote: bool = False
    authenticated: bool = False
    certificate: str | None = None
    key: str | None = None
    client_ca: str | None = None
    allow: Words = ()
    zone: str = "UTC"
    connections: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 256


class FileListener(Common, frozen=True, kw_only=True, tag="file"):
    """Log files that are followed.

    Attributes:
        paths: files, or patterns with ``*`` and ``?``; relative ones from the folder of the settings.
        start: where to begin with files that are there at the very first start.
    """

    paths: Some
    authenticated: bool = False
    start: Literal["begin", "end"] = "begin"
    zone: str = "UTC"


class SmtpListener(Common, frozen=True, kw_only=True, tag="smtp"):
    """Mail that is handed over by SMTP; never authenticated, because anybody can write any sender.

    Attributes:
        recipients: addresses that mail is taken for; empty: any.
        others: as in :class:`SyslogListener`.
    """

    host: str = "127.0.0.1"
    port: Port = 2525
    remote: bool = False
    certificate: str | None = None
    key: str | None = None
    allow: Words = ()
    recipients: Words = ()
    connections: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 32


class MailboxListener(Common, frozen=True, kw_only=True, tag="mailbox"):
    """Mail in a Maildir (a folder) or an mbox (a file); looked at every ``seconds``."""

    path: str
    seconds: Annotated[float, msgspec.Meta(ge=1, le=3_600)] = 5.0


class MqttSettings(Common, frozen=True, kw_only=True, tag="mqtt"):
    """An MQTT broker that is listened to.

    Attributes:
        topics: filters to subscribe to.
        writes: filters of topics on which values are set.
        password, key: references.
        tls: the broker's certificate is checked, by ``ca`` or else the system's authorities.
    """

    host: str
    port: Port = 1883
    topics: Some
    writes: Words = ()
    authenticated: bool = False
    username: str | None = None
    password: str | None = None
    tls: bool = False
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    version: Literal["5", "3.1.1"] = "5"


class OpcUaSettings(Common, frozen=True, kw_only=True, tag="opcua"):
    """An OPC UA server that is listened to.

    Attributes:
        nodes: ids of nodes whose values are followed.
        events: whether its events, alarms and audits are followed.
        interval_ms: between two looks of the server at its values.
        policy: signs and encrypts, with ``certificate`` and ``key`` (a reference ``file:PATH``).
        server_certificate: the one that the server must have; without it, whichever it shows is taken.
    """

    url: Annotated[str, msgspec.Meta(pattern=r"^opc\.tcp://.{1,500}$")]
    nodes: Words = ()
    events: bool = True
    interval_ms: Annotated[int, msgspec.Meta(ge=10, le=3_600_000)] = 500
    authenticated: bool = False
    username: str | None = None
    password: str | None = None
    policy: Literal["Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"] | None = None
    certificate: str | None = None
    key: str | None = None
    server_certificate: str | None = None


ListenerSettings = (
    SyslogListener | FileListener | SmtpListener | MailboxListener | MqttSettings | OpcUaSettings
)
