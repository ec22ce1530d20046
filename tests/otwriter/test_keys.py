from __future__ import annotations

import base64
import stat
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from pullcord.otwriter.errors import AllowListError
from pullcord.otwriter.keys import make_keys, read_public_key, sign_file
from tests.otwriter.build import LIST


def test_the_private_key_is_private_and_a_pair_is_never_replaced(tmp_path: Path) -> None:
    private, public = make_keys(tmp_path / "keys")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert b"PRIVATE" not in public.read_bytes()
    before = private.read_bytes()
    with pytest.raises(AllowListError, match="keys already"):
        make_keys(tmp_path / "keys")
    assert private.read_bytes() == before


def test_both_forms_of_a_public_key_are_read(tmp_path: Path) -> None:
    _, public = make_keys(tmp_path)
    key = read_public_key(public)
    raw = key.public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
    (tmp_path / "raw").write_bytes(base64.b64encode(raw) + b"\n")
    assert read_public_key(tmp_path / "raw") == key


def test_a_signature_is_over_the_exact_bytes(tmp_path: Path) -> None:
    private, public = make_keys(tmp_path / "keys")
    path = tmp_path / "allow.json"
    path.write_bytes(msgspec.json.encode(LIST) + b"  \n")
    place = sign_file(path, private)
    assert place == tmp_path / "allow.json.sig"
    read_public_key(public).verify(base64.b64decode(place.read_bytes()), path.read_bytes())


def test_a_list_that_would_be_refused_is_not_signed(tmp_path: Path) -> None:
    private, _ = make_keys(tmp_path / "keys")
    (tmp_path / "allow.json").write_text("{}")
    with pytest.raises(AllowListError, match="missing required field"):
        sign_file(tmp_path / "allow.json", private)
    assert not (tmp_path / "allow.json.sig").exists()


def test_a_private_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    private, _ = make_keys(tmp_path / "keys")
    private.chmod(0o640)
    (tmp_path / "allow.json").write_bytes(msgspec.json.encode(LIST))
    with pytest.raises(AllowListError, match="others can read"):
        sign_file(tmp_path / "allow.json", private)


def test_a_public_key_that_others_can_change_is_not_trusted(tmp_path: Path) -> None:
    _, public = make_keys(tmp_path)
    public.chmod(0o664)
    with pytest.raises(AllowListError, match="can change this key"):
        read_public_key(public)


def test_other_keys_are_no_keys(tmp_path: Path) -> None:
    curve = generate_private_key(SECP256R1())
    (tmp_path / "allow.json").write_bytes(msgspec.json.encode(LIST))
    shown = curve.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    secret = curve.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    for data in (b"", b"!!", b"-----BEGIN nothing", base64.b64encode(b"x" * 31), shown):
        (tmp_path / "pub").write_bytes(data)
        with pytest.raises(AllowListError, match="no public Ed25519 key"):
            read_public_key(tmp_path / "pub")
    for data in (b"", shown, secret):
        (tmp_path / "key").write_bytes(data)
        (tmp_path / "key").chmod(0o600)
        with pytest.raises(AllowListError, match="no private Ed25519 key") as error:
            sign_file(tmp_path / "allow.json", tmp_path / "key")
        assert "BEGIN" not in str(error.value)
