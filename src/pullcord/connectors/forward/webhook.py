"""Findings to any address as signed JSON, as "Standard Webhooks" has it (standardwebhooks.com, specification 1.0).

``webhook-id`` is the same when a batch is sent again; ``webhook-signature`` is HMAC-SHA256 over ``id.timestamp.body``,
so that nobody can change, replay or invent a batch.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence

import msgspec

from pullcord.connectors.forward.errors import RefusedError, UnreachableError
from pullcord.connectors.forward.posting import Poster
from pullcord.connectors.forward.sender import Shape
from pullcord.model.errors import UsageError
from pullcord.model.finding import Finding
from pullcord.model.noun import digest
from pullcord.model.times import to_rfc3339

_PREFIX = "whsec_"
_SHORTEST = 24
_REFUSED = frozenset({400, 413, 422})
_GOOD = range(200, 300)


class WebhookSender:
    """One receiver.

    Args:
        secret: shared with the receiver; ``whsec_`` and base64, or any text of at least 24 bytes.
        shape: what each element of ``data`` is.
        now: seconds since the epoch, for the signature.

    Raises:
        UsageError: the secret is too short or no base64.
    """

    def __init__(
        self, poster: Poster, secret: str, shape: Shape, now: Callable[[], float] = time.time
    ) -> None:
        self._poster, self._shape, self._now = poster, shape, now
        self._key = key_of(secret)

    def send(self, findings: Sequence[Finding]) -> None:
        """Send one batch; see :meth:`pullcord.connectors.forward.sender.Sender.send`."""
        if not findings:
            return
        name = f"msg_{digest([finding.id for finding in findings])[:32]}"
        body = msgspec.json.encode(
            {
                "type": "pullcord.findings",
                "timestamp": to_rfc3339(max(finding.time for finding in findings)),
                "data": [self._shape(finding) for finding in findings],
            }
        )
        stamp = int(self._now())
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(self._key, name, stamp, body),
        }
        status, _ = self._poster.post(body, headers)
        if status in _REFUSED:
            raise RefusedError(f"{self._poster.shown} refuses findings (HTTP {status})", "see its log")
        if status not in _GOOD:
            why = "redirects are not followed" if status in range(300, 400) else "see whether it is well"
            raise UnreachableError(f"{self._poster.shown} did not take findings (HTTP {status})", why)

    def tend(self) -> None:
        """Nothing to do: an answer of success is an answer."""

    def close(self) -> None:
        """Close connections."""
        self._poster.close()


def signature(key: bytes, name: str, stamp: int, body: bytes) -> str:
    """The header ``webhook-signature``: version and base64 of the HMAC."""
    code = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(code).decode()}"


def key_of(secret: str) -> bytes:
    """The bytes that sign.

    Raises:
        UsageError: fewer than 24 bytes, or no base64 after ``whsec_``. The message never holds the secret.
    """
    try:
        key = (
            base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
            if secret.startswith(_PREFIX)
            else secret.encode()
        )
    except (binascii.Error, ValueError) as error:
        raise UsageError(
            "the secret of a webhook is no base64 after whsec_", "make one with `openssl rand -base64 32`"
        ) from error
    if len(key) < _SHORTEST:
        raise UsageError(
            f"the secret of a webhook has fewer than {_SHORTEST} bytes",
            "make one with `openssl rand -base64 32`",
        )
    return key
