"""What one person proposes another approves, within a time, for exactly that, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.audit.entry import Act, Action, Role
from events.audit.errors import AuditDamaged, ProposalRefused
from events.audit.four_eyes import FourEyes, Somebody, mark_of
from events.audit.guarded import Guarded
from events.audit.log import AuditLog
from service.opening import audit_log

ABOUT = ("WITHDRAWAL", "drink-1", "milk", "notice 7")
ANNA, BERT = (Somebody(name, Role.COMMAND, "command") for name in ("anna", "bert"))


class Clock:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> AuditLog:
    return audit_log(tmp_path, clock)


@pytest.fixture
def eyes(log: AuditLog) -> FourEyes:
    return FourEyes(log, hours=24)


async def approved(eyes: FourEyes, clock: Clock, by: Somebody = BERT) -> str:
    proposal = await eyes.propose(Guarded.RECALLS, ABOUT, ANNA, "tested again")
    await eyes.approve(proposal, {Guarded.RECALLS: by}, clock())
    return proposal


def permits(eyes: FourEyes, clock: Clock, about: tuple[str, ...] = ABOUT) -> bool:
    found = eyes.of(Guarded.RECALLS, about, clock())
    return bool(found and found.approved_by)


async def test_a_second_person_approves_and_both_are_on_record(
    eyes: FourEyes, clock: Clock, log: AuditLog
) -> None:
    proposal = await eyes.propose(Guarded.RECALLS, ABOUT, ANNA, "tested again")
    assert not permits(eyes, clock)
    done = await eyes.approve(proposal, {Guarded.RECALLS: BERT}, clock())
    assert (done.by, done.approved_by, done.why) == ("anna", "bert", "tested again")
    assert permits(eyes, clock)
    written = log.entries_file.read_text("utf-8")
    assert '"action":"propose","actor":"anna"' in written
    assert '"action":"approve","actor":"bert"' in written


async def test_nobody_approves_their_own(eyes: FourEyes, clock: Clock) -> None:
    with pytest.raises(ProposalRefused, match="your own"):
        await approved(eyes, clock, by=Somebody("anna", Role.FOOD_SAFETY, "graphql"))
    assert not permits(eyes, clock)


async def test_it_is_good_for_exactly_what_was_proposed(eyes: FourEyes, clock: Clock) -> None:
    await approved(eyes, clock)
    for about in ((*ABOUT[:3], "notice 8"), ("WITHDRAWAL", "drink-1 milk", "notice 7")):
        assert not permits(eyes, clock, about)
    assert eyes.of(Guarded.MASTER_KEYS, ABOUT, clock()) is None


async def test_long_names_that_the_record_cuts_are_told_apart(eyes: FourEyes, clock: Clock) -> None:
    long = "x" * 300
    proposal = await eyes.propose(Guarded.RECALLS, [f"{long}1"], ANNA)
    await eyes.approve(proposal, {Guarded.RECALLS: BERT}, clock())
    assert permits(eyes, clock, (f"{long}1",)) and not permits(eyes, clock, (f"{long}2",))


async def test_it_ends(eyes: FourEyes, clock: Clock) -> None:
    proposal = await eyes.propose(Guarded.RECALLS, ABOUT, ANNA)
    await approved(eyes, clock)
    clock.now += timedelta(hours=24)
    assert not permits(eyes, clock)
    with pytest.raises(ProposalRefused, match="ended"):
        await eyes.approve(proposal, {Guarded.RECALLS: BERT}, clock())


async def test_it_is_good_once(eyes: FourEyes, clock: Clock, log: AuditLog) -> None:
    proposal = await approved(eyes, clock)
    what = (*ABOUT, mark_of(proposal))
    await log.record(Act(Action.RECALL, "anna", Role.COMMAND, None, what, "command"))
    assert not permits(eyes, clock)
    assert [each.state_at(clock()) for each in eyes.proposals()] == ["done"]


async def test_another_office_cannot_approve_it(eyes: FourEyes, clock: Clock) -> None:
    proposal = await eyes.propose(Guarded.RECALLS, ABOUT, ANNA)
    with pytest.raises(ProposalRefused, match="no such"):
        await eyes.approve(proposal, {Guarded.MASTER_KEYS: BERT}, clock())


@pytest.mark.parametrize("mode", ["a", "w"])
async def test_an_approval_that_somebody_wrote_into_the_file_is_none(
    eyes: FourEyes, clock: Clock, log: AuditLog, mode: str
) -> None:
    await eyes.propose(Guarded.RECALLS, ABOUT, ANNA)
    line = log.entries_file.read_text("utf-8").replace("propose", "approve").replace("anna", "bert")
    with log.entries_file.open(mode, encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(AuditDamaged):
        permits(eyes, clock)
