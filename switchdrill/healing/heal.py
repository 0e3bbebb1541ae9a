"""Play undos: the one way home, whoever walks it: the runner, the healer, `switchdrill heal`, the next run's sweep."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from switchdrill.clock import now_ns
from switchdrill.errors import SwitchdrillError
from switchdrill.healing.there import brought_home
from switchdrill.healing.undos import By, ClosedUndo, OpenUndo, UndoStore
from switchdrill.platform.lifecycle import PLATFORM_KIND
from switchdrill.record.entries import Healed
from switchdrill.undo import AT_ONCE_S

UNKNOWN_KIND = "unknown"
"""Of an undo that can't be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of one undo."""

    id: str
    kind: str
    target: str
    """What is brought home, as the undo names it."""
    says: str
    ok: bool
    said: str
    by: By
    why: str
    before_ns: int
    after_ns: int
    problem: SwitchdrillError | None = None

    def as_record(self) -> Healed:
        return Healed(
            t_ns=self.after_ns,
            undo=self.id,
            fault=self.kind,
            by=self.by,
            why=self.why,
            ok=self.ok,
            said=self.said,
            before_ns=self.before_ns,
            after_ns=self.after_ns,
        )


def play(store: UndoStore, opened: OpenUndo, *, by: By, why: str) -> Played:
    """Play one undo and close it when it is proven. One that somebody else has closed meanwhile is not played again:
    then it is told who did, when and why.
    """
    before_ns = now_ns()

    def failed(said: str, problem: SwitchdrillError | None = None) -> Played:
        return Played(
            id=opened.id,
            kind=opened.undo.kind,
            target=opened.undo.target,
            says=opened.undo.says,
            ok=False,
            said=said,
            by=by,
            why=why,
            before_ns=before_ns,
            after_ns=now_ns(),
            problem=problem,
        )

    try:
        with store.exclusive():
            already = store.closed(opened.id)
            if already is not None:
                return _closed(opened, already)
            before_ns = now_ns()
            said = brought_home(opened)
            done = ClosedUndo(id=opened.id, by=by, why=why, said=said, before_ns=before_ns, after_ns=now_ns())
            return _closed(opened, done, and_said=_close(store, done))
    except SwitchdrillError as problem:
        return failed(str(problem), problem)
    except Exception as problem:  # one broken fault must not keep the others from being healed
        return failed(f"{type(problem).__name__}: {problem}")


def play_each(store: UndoStore, opened: Sequence[OpenUndo], *, by: By, why: str) -> list[Played]:
    """Play these, in this order; one that fails does not keep the others from being played.

    When that ended the run's own platform, what failed before is played again: with the platform its fault is gone.
    """
    played = [play(store, each, by=by, why=why) for each in opened]
    if not any(each.ok and _ends_platform(undo) for each, undo in zip(played, opened, strict=True)):
        return played
    return [
        first if first.ok else _second(first, play(store, undo, by=by, why=why))
        for first, undo in zip(played, opened, strict=True)
    ]


def play_all(store: UndoStore, *, by: By, why: str) -> list[Played]:
    """Play every open undo, in their `order`.

    An undo that can't be read comes back as one that failed: what it would have healed may be broken.
    """
    played = play_each(store, order(store.open()), by=by, why=why)
    return played + [
        unreadable(path.rpartition("/")[2].removesuffix(".json"), f"this undo can't be read: {path}", by=by, why=why)
        for path in store.damaged()
    ]


def order(opened: Sequence[OpenUndo]) -> list[OpenUndo]:
    """The newest first; but what comes home at once does not wait for what has to be started, or for an engine that
    hangs. Whatever runs at all is ended last.
    """
    newest_first = sorted(opened, key=lambda each: each.id, reverse=True)
    return sorted(newest_first, key=lambda each: (each.undo.kind == PLATFORM_KIND, each.undo.heal_limit_s > AT_ONCE_S))


def unreadable(id: str, said: str, *, by: By, why: str, ok: bool = False) -> Played:
    """An undo of which only the name is known."""
    now = now_ns()
    return Played(
        id=id, kind=UNKNOWN_KIND, target=id, says=id, ok=ok, said=said, by=by, why=why, before_ns=now, after_ns=now
    )


def _ends_platform(undo: OpenUndo) -> bool:
    return undo.undo.kind == PLATFORM_KIND and bool(undo.undo.facts.get("state"))


def _second(first: Played, second: Played) -> Played:
    at_first = first.said.splitlines()[0] if first.said else ""
    return replace(second, said=f"{second.said} (at first: {at_first})")


def _close(store: UndoStore, closed: ClosedUndo) -> str:
    """It is healed even when that can't be written down (a full disk); playing it again later does no harm."""
    try:
        store.close(closed)
    except OSError as problem:
        return f" (could not be noted on disk: {problem.strerror})"
    return ""


def _closed(opened: OpenUndo, closed: ClosedUndo, *, and_said: str = "") -> Played:
    return Played(
        id=opened.id,
        kind=opened.undo.kind,
        target=opened.undo.target,
        says=opened.undo.says,
        ok=True,
        said=closed.said + and_said,
        by=closed.by,
        why=closed.why,
        before_ns=closed.before_ns,
        after_ns=closed.after_ns,
    )
