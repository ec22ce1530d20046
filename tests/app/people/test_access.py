from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.people.access import ADMINISTRATOR, Access, first_token
from pullcord.app.settings import Person, Settings, Source
from pullcord.model.errors import UsageError
from pullcord.model.person import Scope
from pullcord.model.plan import ApproverRole
from pullcord.store.folder import open_folder

AYSE, GATEWAY = "Q2jzB1rWc8Lq0aXn5dTe7Yv3", "m9Kp4Zs6Hf1Gx8Rb2Wd5Nc7L"


def settings(folder: Path, *, person: str = AYSE, source: str = GATEWAY, name: str = "Ayşe") -> Settings:
    (folder / "person").write_text(f"{person}\n")
    (folder / "source").write_text(source)
    return Settings(
        folder=folder,
        people=(Person(name=name, roles=(ApproverRole.SECURITY, ApproverRole.OT), token="file:person"),),
        sources=(Source(name="gateway", token="file:source", authenticated=True),),
    )


def test_a_person_may_read_and_respond_with_their_roles(tmp_path: Path) -> None:
    found = Access(settings(tmp_path)).principal(AYSE)
    assert found is not None
    assert (found.name, set(found.scopes)) == ("Ayşe", {Scope.READ, Scope.RESPOND})
    assert found.roles == {ApproverRole.SECURITY, ApproverRole.OT}
    assert not found.authenticated


def test_a_source_may_send_and_nothing_else(tmp_path: Path) -> None:
    found = Access(settings(tmp_path)).principal(GATEWAY)
    assert found is not None
    assert (found.name, set(found.scopes), set(found.roles)) == ("gateway", {Scope.INGEST}, set())
    assert found.authenticated


@pytest.mark.parametrize(
    "token", [None, "", " ", AYSE[:-1], AYSE + "x", AYSE.lower(), "x" * 10_000, "\ud800"]
)
def test_everything_else_is_nobody(tmp_path: Path, token: str | None) -> None:
    assert Access(settings(tmp_path)).principal(token) is None


def test_the_first_token_is_made_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    with open_folder(tmp_path / "state") as store:
        digest, token = first_token(store.state)
        again = first_token(store.state)
    assert token is not None
    assert token.startswith("pc_")
    assert len(token) >= 46
    assert again == (digest, None)
    assert token not in digest
    for file in (tmp_path / "state").rglob("*"):
        assert file.is_dir() or token.encode() not in file.read_bytes()
    found = Access(settings(tmp_path), digest).principal(token)
    assert found is not None
    assert found.name == ADMINISTRATOR
    assert found.scopes == {Scope.INGEST, Scope.READ, Scope.ADMIN}
    assert found.roles == frozenset()


def test_two_states_have_two_first_tokens(tmp_path: Path) -> None:
    tokens = set()
    for name in ("a", "b"):
        with open_folder(tmp_path / name) as store:
            tokens.add(first_token(store.state)[1])
    assert len(tokens) == 2


def test_without_a_first_token_there_is_no_administrator(tmp_path: Path) -> None:
    assert Access(settings(tmp_path)).principal("pc_anything-at-all") is None


@pytest.mark.parametrize("secret", ["fifteen-letters", "aaaaaaaaaaaaaaaaaaaa", "hunter2"])
def test_a_weak_secret_is_refused_and_not_shown(tmp_path: Path, secret: str) -> None:
    with pytest.raises(UsageError, match="the secret of Ayşe is too weak") as caught:
        Access(settings(tmp_path, person=secret))
    assert secret not in str(caught.value)


@pytest.mark.parametrize("secret", ["two words of some length", "ümlaut-ümlaut-ümlaut", "x1y2z3" * 1_000])
def test_a_secret_that_no_header_can_carry_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(UsageError, match="does not fit into a header") as caught:
        Access(settings(tmp_path, source=secret))
    assert secret not in str(caught.value)


def test_one_secret_for_two_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Ayşe and gateway have the same secret") as caught:
        Access(settings(tmp_path, source=AYSE))
    assert AYSE not in str(caught.value)


@pytest.mark.parametrize("name", [ADMINISTRATOR, " "])
def test_nobody_can_take_the_name_of_the_administrator(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="nobody can be called"):
        Access(settings(tmp_path, name=name))


def test_a_missing_secret_is_said(tmp_path: Path) -> None:
    wanted = settings(tmp_path)
    (tmp_path / "person").unlink()
    with pytest.raises(UsageError, match="file:person: cannot be read"):
        Access(wanted)


def test_secrets_are_not_kept(tmp_path: Path) -> None:
    access = Access(settings(tmp_path))
    assert AYSE not in repr(vars(access))
    assert AYSE.encode() not in repr(vars(access)).encode()
