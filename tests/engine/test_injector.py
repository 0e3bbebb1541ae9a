"""The injector's thread: it turns what varies in time, at its instants, and leaves alone what was healed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest

from switchdrill.clock import NS_PER_S, now_ns, pause, wait_until
from switchdrill.errors import CouldNotStart
from switchdrill.fault import Schedule, Turn
from switchdrill.healing.undos import ClosedUndo, UndoStore
from switchdrill.record.entries import Turned
from switchdrill.record.journal import Journal, of_kind, read_journal
from switchdrill.record.plan import Legend
from switchdrill.running.injector import Injector
from switchdrill.undo import Undo

MS = NS_PER_S // 1000


@dataclass(frozen=True, kw_only=True)
class Blinking:
    """Notes every turn; the third one fails when it is to."""

    kind: ClassVar[str] = "blinking"
    legend: ClassVar[Legend] = Legend(name="Blinking", looks_like="on, off")

    turns: list[tuple[str, int]] = field(default_factory=list)
    period_ns: int = 100 * MS
    fails: bool = False

    def schedule(self) -> Schedule:
        return Schedule(
            turns=[Turn(after_ns=50 * MS, state="off"), Turn(after_ns=80 * MS, state="on")], period_ns=self.period_ns
        )

    def turn(self, undos: Sequence[Undo], state: str) -> None:
        assert [undo.kind for undo in undos] == ["blinking"]
        if self.fails and len(self.turns) == 2:
            raise CouldNotStart("the lamp is broken")
        self.turns.append((state, now_ns()))


@pytest.fixture
def store(tmp_path: Path) -> UndoStore:
    (tmp_path / "undo").mkdir()
    return UndoStore(tmp_path / "undo")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "run.jsonl")


def begin(fault: Blinking, store: UndoStore, journal: Journal) -> tuple[Injector, str, int]:
    opened, _path, _digest = store.write(
        fault.kind, Undo(kind=fault.kind, target="a", says="b", facts={}), deadline_ns=0
    )
    injector, since_ns = Injector(store, journal), now_ns()
    injector.add(fault, [opened], since_ns=since_ns)
    return injector, opened.id, since_ns


def test_turns_come_at_their_instants_again_and_again(store: UndoStore, journal: Journal, tmp_path: Path) -> None:
    fault = Blinking()
    injector, undo, since_ns = begin(fault, store, journal)
    wait_until(lambda: len(fault.turns) >= 4, within_s=10, what="four turns")
    injector.stop()

    records = of_kind(read_journal(tmp_path / "run.jsonl").entries, Turned)
    assert [state for state, _at in fault.turns[:2]] == ["off", "on"]
    assert len(records) == len(fault.turns)
    for record, (state, at_ns) in zip(records, fault.turns, strict=True):
        after_ns = (record.due_ns - since_ns) % fault.period_ns
        assert (record.state, after_ns) in (("off", 50 * MS), ("on", 80 * MS))
        assert record.state == state
        assert record.undos == [undo]
        assert record.due_ns <= record.before_ns <= at_ns <= record.after_ns


def test_what_was_healed_is_turned_no_more(store: UndoStore, journal: Journal) -> None:
    fault = Blinking(period_ns=81 * MS)
    injector, undo, _since_ns = begin(fault, store, journal)
    wait_until(lambda: bool(fault.turns), within_s=10, what="a turn")
    with store.exclusive():
        store.close(ClosedUndo(id=undo, by="healer", why="command", said="", before_ns=0, after_ns=now_ns()))
        closed_ns = now_ns()
    pause(0.3)
    injector.stop()

    assert all(at_ns < closed_ns for _state, at_ns in fault.turns)


def test_of_turns_that_were_missed_only_the_last_is_played(store: UndoStore, journal: Journal) -> None:
    fault = Blinking()
    opened, _path, _digest = store.write(
        fault.kind, Undo(kind=fault.kind, target="a", says="b", facts={}), deadline_ns=0
    )
    injector = Injector(store, journal)
    injector.add(fault, [opened], since_ns=now_ns() - 1000 * fault.period_ns - 60 * MS)
    wait_until(lambda: bool(fault.turns), within_s=10, what="a turn")
    injector.stop()

    assert len(fault.turns) < 10


def test_a_turn_that_fails_is_the_drills_problem(store: UndoStore, journal: Journal) -> None:
    fault = Blinking(fails=True)
    injector, _undo, _since_ns = begin(fault, store, journal)
    wait_until(lambda: injector.problem is not None, within_s=10, what="the problem")
    injector.stop()

    assert "the lamp is broken" in str(injector.problem)
    assert len(fault.turns) == 2


@pytest.mark.parametrize(
    ("turns", "period_ns"),
    [([], 0), ([(1, "a"), (1, "b")], 0), ([(2, "a"), (1, "b")], 0), ([(-1, "a")], 0), ([(5, "a")], 5)],
)
def test_a_schedule_that_can_not_be_played_is_none(turns: list[tuple[int, str]], period_ns: int) -> None:
    with pytest.raises(ValueError, match="turn"):
        Schedule(turns=[Turn(after_ns=at_ns, state=state) for at_ns, state in turns], period_ns=period_ns)
