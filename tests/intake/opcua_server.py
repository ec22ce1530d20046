"""A real OPC UA server on a free port of the loopback, with one value and generators of events."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.server.server import Server
from asyncua.ua.object_ids import ObjectIds
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.intake.broker import free_port


@dataclass
class Press:
    """The server, its address and its value."""

    server: Server
    url: str
    force: Any

    async def audit(self, user: str, new: float) -> None:
        """Tell that somebody wrote the value."""
        made = await self.server.get_event_generator(
            ObjectIds.AuditWriteUpdateEventType, self.server.nodes.server.nodeid
        )
        made.event.SourceNode = self.force.nodeid
        made.event.ClientUserId = user
        made.event.NewValue = ua.Variant(new)
        made.event.Status = True
        await made.trigger(message=f"written by {user}")


async def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate (DER) of an application, and its key (PEM)."""
    held, key = folder / f"{name}.der", folder / f"{name}.key"
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    await setup_self_signed_certificate(key, held, f"urn:plant.example:{name}", "127.0.0.1", uses, {})
    return held, key


@contextlib.asynccontextmanager
async def press(secured: tuple[Path, Path] | None = None, port: int = 0) -> AsyncIterator[Press]:
    server = Server()
    await server.init()
    if secured is not None:
        server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        await server.load_certificate(str(secured[0]))
        await server.load_private_key(str(secured[1]), format="pem")
    url = f"opc.tcp://127.0.0.1:{port or free_port()}/press"
    server.set_endpoint(url)
    space = await server.register_namespace("urn:plant.example:press")
    folder = await server.nodes.objects.add_object(space, "Press")
    force = await folder.add_variable(space, "Force", 1.5)
    async with server:
        yield Press(server, url, force)
