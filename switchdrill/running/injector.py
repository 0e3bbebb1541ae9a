"""What is done to faults while they are on: those that vary in time are turned, what has gone under one is put back."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.errors import RecordLost, SwitchdrillError
from switchdrill.fault import Fault, PutBack, Schedule, Turn, Upkeep, Varying
from switchdrill.healing.undos import OpenUndo, UndoStore
from switchdrill.record.entries import Reapplied, Turned
from switchdrill.record.journal import Journal

LOOK_EVERY_NS = NS_PER_S // 4


@dataclass(slots=True, kw_only=True)
class _Going:
    """One fault that is on."""

    fault: Fault
    opened: Sequence[OpenUndo]
    since_ns: int
    schedule: Schedule | None
    turned: int = 0
    """How many of its turns have been played."""

    def next_turn(self) -> Turn | None:
        return None if self.schedule is None else self.schedule.turn(self.turned)

    def due_ns(self) -> int | None:
        turn = self.next_turn()
        return None if turn is None else self.since_ns + turn.after_ns

    def leave_out_what_is_past(self) -> None:
        """Of several turns that are due only the last one is played: a state is whole in itself."""
        while self.schedule is not None:
            following = self.schedule.turn(self.turned + 1)
            if following is None or self.since_ns + following.after_ns > now_ns():
                return
            self.turned += 1


class Injector:
    """A thread for one block's faults, from their injection until their healing begins.

    It acts under the lock under which undos are played, and never on a fault of which one is closed: so nothing that
    was healed is broken again.
    """

    def __init__(self, store: UndoStore, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self._going: list[_Going] = []
        self._stop = threading.Event()
        self._changed = threading.Event()
        self._thread: threading.Thread | None = None
        self._look_ns = 0
        self.problem: SwitchdrillError | None = None
        """What could not be put back, or turned."""

    def add(self, fault: Fault, opened: Sequence[OpenUndo], *, since_ns: int) -> None:
        """From now on; a fault to which nothing has to be done is left out. `since_ns`: when it was made."""
        schedule = fault.schedule() if isinstance(fault, Varying) else None
        if schedule is None and not isinstance(fault, Upkeep):
            return
        self._going = [*self._going, _Going(fault=fault, opened=opened, since_ns=since_ns, schedule=schedule)]
        self._changed.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="injector", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Before anything is healed. Waits for what is under way."""
        self._stop.set()
        self._changed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._changed.clear()
            try:
                for going in self._going:
                    self._turn_what_is_due(going)
                if now_ns() >= self._look_ns:
                    self._look_ns = now_ns() + LOOK_EVERY_NS
                    for going in self._going:
                        self._look(going)
            except SwitchdrillError as problem:
                self.problem = problem
                return
            self._changed.wait(max(0, min(self._due()) - now_ns()) / NS_PER_S)

    def _due(self) -> Iterator[int]:
        yield self._look_ns
        for going in self._going:
            at_ns = going.due_ns()
            if at_ns is not None:
                yield at_ns

    def _turn_what_is_due(self, going: _Going) -> None:
        going.leave_out_what_is_past()
        due_ns, turn = going.due_ns(), going.next_turn()
        if due_ns is None or turn is None or due_ns > now_ns():
            return
        fault = going.fault
        if not isinstance(fault, Varying):
            return
        with self._store.exclusive():
            if self._is_over(going):
                return
            before_ns = now_ns()
            fault.turn([each.undo for each in going.opened], turn.state)
            after_ns = now_ns()
        going.turned += 1
        with suppress(RecordLost):
            self._journal.write(
                Turned(
                    t_ns=after_ns,
                    fault=fault.kind,
                    undos=[each.id for each in going.opened],
                    state=turn.state,
                    due_ns=due_ns,
                    before_ns=before_ns,
                    after_ns=after_ns,
                )
            )

    def _look(self, going: _Going) -> None:
        if not isinstance(going.fault, Upkeep):
            return
        with self._store.exclusive():
            if self._is_over(going):
                return
            found = going.fault.keep([each.undo for each in going.opened])
        for each in found:
            self._note(going, each)

    def _is_over(self, going: _Going) -> bool:
        return self._stop.is_set() or any(self._store.closed(each.id) is not None for each in going.opened)

    def _note(self, going: _Going, found: PutBack) -> None:
        with suppress(RecordLost):
            self._journal.write(
                Reapplied(
                    t_ns=found.again_ns,
                    fault=going.fault.kind,
                    undo=next((each.id for each in going.opened if each.undo == found.undo), ""),
                    target=found.target,
                    gone_ns=found.gone_ns,
                    again_ns=found.again_ns,
                    said=found.said,
                )
            )
