"""The OT people's key pair (Ed25519, RFC 8032): made and used where they sign, never near Pullcord."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from pullcord.otwriter.durable import PRIVATE_FILE, read_file, write_file
from pullcord.otwriter.errors import AllowListError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PRIVATE_NAME = "ot-writer.key"
PUBLIC_NAME = "ot-writer.pub"
SIGNATURE_ENDING = ".sig"
_LARGEST_KEY = 1 << 14
_LARGEST_LIST = 1 << 20
_PUBLIC_FILE = 0o644
_OTHERS = 0o077
_OTHERS_WRITE = 0o022


def make_keys(folder: Path) -> tuple[Path, Path]:
    """Make a key pair; returns the private and the public file. Existing keys are never replaced.

    Raises:
        AllowListError: the folder cannot be used, or a key is there already.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private, public = folder / PRIVATE_NAME, folder / PUBLIC_NAME
    if private.exists() or public.exists():
        raise AllowListError(f"{folder}: there are keys already", "name an empty folder")
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    shown = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(private, secret, PRIVATE_FILE)
        write_file(public, shown, _PUBLIC_FILE)
    except OSError as error:
        raise AllowListError(f"{folder}: {error.strerror}", "name a folder that you may write to") from error
    return private, public


def sign_file(path: Path, key: Path) -> Path:
    """Sign the exact bytes of an allow-list that would be accepted; returns ``<path>.sig`` (base64, one line).

    Raises:
        AllowListError: list or key cannot be used, or others can read the private key.
    """
    from pullcord.otwriter.allow_list import parse

    data = read_bytes(path, _LARGEST_LIST)
    # A signature under a list that the writer refuses anyway would only be found out at the machine.
    parse(data, path)
    signature = _private_key(key).sign(data)
    place = path.with_name(path.name + SIGNATURE_ENDING)
    try:
        write_file(place, base64.b64encode(signature) + b"\n", _PUBLIC_FILE)
    except OSError as error:
        raise AllowListError(f"{place}: {error.strerror}", "make its folder writable") from error
    return place


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key: PEM, or base64 of the 32 bytes.

    Raises:
        AllowListError: it is neither, or other accounts can change it: they could then sign for the OT people.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data = read_bytes(path, _LARGEST_KEY)
    if path.stat().st_mode & _OTHERS_WRITE:
        raise AllowListError(f"{path}: other accounts can change this key", f"chmod go-w {path}")
    try:
        if b"-----BEGIN" not in data:
            return Ed25519PublicKey.from_public_bytes(base64.b64decode(data.strip(), validate=True))
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _no_key(path, "public") from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(path, "public")
    return key


def read_bytes(path: Path, largest: int) -> bytes:
    """The bytes of a file that trust hangs on.

    Raises:
        AllowListError: it cannot be read or is too large.
    """
    try:
        return read_file(path, largest)
    except OSError as error:
        raise AllowListError(
            f"{path}: cannot be read ({error.strerror})", "check place and rights"
        ) from error
    except ValueError as error:
        raise AllowListError(f"{path}: {error}", "is this the right file?") from error


def _private_key(path: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = read_bytes(path, _LARGEST_KEY)
    if path.stat().st_mode & _OTHERS:
        raise AllowListError(
            f"{path}: others can read this private key", f"chmod 600 {path}, or make a new pair"
        )
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(path, "private") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path, "private")
    return key


def _no_key(path: Path, which: str) -> AllowListError:
    return AllowListError(f"{path}: no {which} Ed25519 key", "make a pair with `pullcord ot-writer keygen`")
