from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.live.claims import keys, sort_out
from pullcord.model.event import Event, SourceTrust
from tests.app.build import event

SURE = SourceTrust.AUTHENTICATED
_IDS = st.sampled_from(["x", "y", "a:x", "u:x", "u:a:x", "a:a:x"])
_CALLS = st.lists(
    st.lists(st.builds(lambda name, trust: event(name, trust=trust), _IDS, st.sampled_from(SourceTrust))),
    max_size=6,
)


class Inbox:
    """What the inbox does, in memory: the keys of all commits."""

    def __init__(self) -> None:
        self.entered: set[str] = set()

    def commit(self, *calls: list[Event]) -> tuple[list[Event], list[int], int]:
        """The events kept, how many of each call, and the clashes."""
        asked = keys(event for events in calls for event in events)
        new = set(asked) - self.entered
        self.entered |= new
        done = sort_out(calls, new)
        return list(done.fresh.values()), done.brought, done.clashes


def test_in_one_commit_the_authenticated_event_has_its_id() -> None:
    fake, real = event("x"), event("x", trust=SURE)
    assert Inbox().commit([fake], [real]) == ([real], [0, 1], 0)
    assert Inbox().commit([real, fake], [fake]) == ([real], [1, 0], 0)


def test_an_id_that_was_taken_is_left_and_the_new_one_cannot_be_guessed() -> None:
    names = set()
    for _ in range(2):
        inbox = Inbox()
        inbox.commit([event("x")])
        [kept], brought, clashes = inbox.commit([event("x", trust=SURE), event("x", trust=SURE)])
        assert (brought, clashes, kept.trust) == ([1], 1, SURE)
        assert kept.id.startswith("x~")
        names.add(kept.id)
    assert len(names) == 2


@given(_CALLS, _CALLS)
def test_whatever_came_before_each_authenticated_event_is_kept_once(
    first: list[list[Event]], second: list[list[Event]]
) -> None:
    inbox = Inbox()
    kept = [*inbox.commit(*first)[0], *inbox.commit(*second)[0]]
    ids = [one.id for one in kept]
    assert len(ids) == len(set(ids))
    sent = {one.id for events in (*first, *second) for one in events if one.trust is SURE}
    assert sorted(one.id.partition("~")[0] for one in kept if one.trust is SURE) == sorted(sent)
    others = {one.id for events in (*first, *second) for one in events}
    assert {one.id.partition("~")[0] for one in kept} == others
