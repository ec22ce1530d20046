from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from pullcord.app.output import to_ocsf
from pullcord.connectors.forward.errors import RefusedError, UnreachableError
from pullcord.connectors.forward.posting import Poster
from pullcord.connectors.forward.webhook import WebhookSender, key_of, signature
from pullcord.model.errors import UsageError
from tests.connectors.forward.receivers import http_server
from tests.connectors.forward.samples import sample

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
NOW = 1_780_000_100


def sender(url: str) -> WebhookSender:
    return WebhookSender(Poster(url), SECRET, to_ocsf, now=lambda: NOW + 0.7)


def test_a_batch_is_signed_so_that_the_receiver_can_check_it() -> None:
    with http_server(lambda _: (204, b"")) as server:
        made = sender(f"{server.url}/hook")
        made.send([sample(1), sample(2)])
        made.send([sample(1), sample(2)])
        made.send([])
        made.close()
    first, again = server.asked
    assert first.path == "/hook"
    body = json.loads(first.body)
    assert (body["type"], body["timestamp"]) == ("pullcord.findings", "2026-05-28T20:26:40.125Z")
    assert body["data"] == [to_ocsf(sample(1)), to_ocsf(sample(2))]
    # Checked here as the specification says, by code of our own.
    signed = f"{first.headers['webhook-id']}.{NOW}.".encode() + first.body
    code = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert first.headers["webhook-signature"] == f"v1,{code}"
    assert first.headers["webhook-timestamp"] == str(NOW)
    assert first.headers["webhook-id"] == again.headers["webhook-id"]


def test_the_signature_is_that_of_the_specification() -> None:
    # The example of the Standard Webhooks libraries.
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["short", "whsec_short", "whsec_not base64 at all, but long enough", ""])
def test_a_weak_secret_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(UsageError) as told:
        key_of(secret)
    assert not secret or secret not in str(told.value)


def test_plain_secrets_are_taken_as_they_are() -> None:
    assert key_of("x" * 24) == b"x" * 24


@pytest.mark.parametrize("status", [301, 401, 404, 429, 500, 503])
def test_trouble_that_may_pass(status: int) -> None:
    with http_server(lambda _: (status, b"")) as server:
        made = sender(server.url)
        with pytest.raises(UnreachableError, match=str(status)):
            made.send([sample()])
        made.close()
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_data_that_it_will_never_have(status: int) -> None:
    with http_server(lambda _: (status, b"")) as server:
        made = sender(server.url)
        with pytest.raises(RefusedError, match=str(status)):
            made.send([sample()])
        made.close()
