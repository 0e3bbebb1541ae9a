"""What may go under a fault is put back while it is on: a rule in a container that was started anew, most of all."""

import threading
from collections.abc import Sequence
from contextlib import suppress

from switchdrill.errors import RecordLost, SwitchdrillError
from switchdrill.fault import Fault, PutBack, Upkeep
from switchdrill.healing.undos import OpenUndo, UndoStore
from switchdrill.record.entries import Reapplied
from switchdrill.record.journal import Journal

EVERY_S = 0.25


class Upkeeper:
    """A thread for one block's faults, from their injection until their healing begins.

    It looks under the lock under which undos are played, and never at a fault of which one is closed: so nothing that
    was healed is put back.
    """

    def __init__(self, store: UndoStore, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self._kept: list[tuple[Fault, Upkeep, Sequence[OpenUndo]]] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem: SwitchdrillError | None = None
        """What could not be put back."""

    def add(self, fault: Fault, opened: Sequence[OpenUndo]) -> None:
        """From now on; a fault that needs no upkeep is left out."""
        if not isinstance(fault, Upkeep):
            return
        self._kept = [*self._kept, (fault, fault, opened)]
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Before anything is healed. Waits for a look that is under way."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            for fault, upkeep, opened in self._kept:
                try:
                    self._look(fault, upkeep, opened)
                except SwitchdrillError as problem:
                    self.problem = problem
                    return

    def _look(self, fault: Fault, upkeep: Upkeep, opened: Sequence[OpenUndo]) -> None:
        with self._store.exclusive():
            if self._stop.is_set() or any(self._store.closed(each.id) is not None for each in opened):
                return
            found = upkeep.keep([each.undo for each in opened])
        for each in found:
            self._note(fault, each, opened)

    def _note(self, fault: Fault, found: PutBack, opened: Sequence[OpenUndo]) -> None:
        with suppress(RecordLost):
            self._journal.write(
                Reapplied(
                    t_ns=found.again_ns,
                    fault=fault.kind,
                    undo=next((each.id for each in opened if each.undo == found.undo), ""),
                    target=found.target,
                    gone_ns=found.gone_ns,
                    again_ns=found.again_ns,
                    said=found.said,
                )
            )
