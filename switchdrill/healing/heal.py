"""Play undos: the one way home, whoever walks it: the runner, the healer, `switchdrill heal`, the next run's sweep."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from switchdrill.clock import now_ns
from switchdrill.errors import DeadlinePassed, SwitchdrillError
from switchdrill.fault import Undo, catalogue
from switchdrill.healing.undos import ClosedUndo, OpenUndo, UndoStore
from switchdrill.platform.lifecycle import PLATFORM_KIND, stop_platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of one undo."""

    id: str
    kind: str
    says: str
    ok: bool
    said: str
    before_ns: int
    after_ns: int
    problem: SwitchdrillError | None = None


def play(store: UndoStore, opened: OpenUndo, *, by: Literal["runner", "healer"], why: str) -> Played:
    """Play one undo and close it when it is proven. One that somebody else has closed meanwhile is not played again."""
    before_ns = now_ns()
    try:
        with store.exclusive():
            return _play(store, opened, by=by, why=why)
    except DeadlinePassed as problem:
        return _played(opened, ok=False, said=str(problem), before_ns=before_ns, after_ns=now_ns(), problem=problem)


def _play(store: UndoStore, opened: OpenUndo, *, by: Literal["runner", "healer"], why: str) -> Played:
    before_ns = now_ns()
    already = store.closed(opened.id)
    if already is not None:
        return _played(opened, ok=True, said=already.said, before_ns=already.before_ns, after_ns=already.after_ns)
    try:
        said = _way_home(opened.undo.kind)(opened.undo)
    except SwitchdrillError as problem:
        return _played(opened, ok=False, said=str(problem), before_ns=before_ns, after_ns=now_ns(), problem=problem)
    except Exception as problem:  # one broken fault must not keep the others from being healed
        text = f"{type(problem).__name__}: {problem}"
        return _played(opened, ok=False, said=text, before_ns=before_ns, after_ns=now_ns())
    after_ns = now_ns()
    closed = ClosedUndo(id=opened.id, by=by, why=why, said=said, before_ns=before_ns, after_ns=after_ns)
    return _played(opened, ok=True, said=said + _close(store, closed), before_ns=before_ns, after_ns=after_ns)


def play_all(store: UndoStore, *, by: Literal["runner", "healer"], why: str) -> list[Played]:
    """Play every open undo, the newest first; one that fails does not keep the others from being played.

    An undo that can't be read comes back as one that failed: what it would have healed may be broken.
    """
    played = [play(store, opened, by=by, why=why) for opened in store.open()]
    return played + [
        Played(
            id=path.rpartition("/")[2].removesuffix(".json"),
            kind="unknown",
            says=path,
            ok=False,
            said=f"this undo can't be read: {path}",
            before_ns=now_ns(),
            after_ns=now_ns(),
        )
        for path in store.damaged()
    ]


def _way_home(kind: str) -> Callable[[Undo], str]:
    if kind == PLATFORM_KIND:
        return stop_platform
    return catalogue()[kind].heal


def _close(store: UndoStore, closed: ClosedUndo) -> str:
    """It is healed even when that can't be written down (a full disk); playing it again later does no harm."""
    try:
        store.close(closed)
    except OSError as problem:
        return f" (could not be noted on disk: {problem.strerror})"
    return ""


def _played(
    opened: OpenUndo,
    *,
    ok: bool,
    said: str,
    before_ns: int,
    after_ns: int,
    problem: SwitchdrillError | None = None,
) -> Played:
    return Played(
        id=opened.id,
        kind=opened.undo.kind,
        says=opened.undo.says,
        ok=ok,
        said=said,
        before_ns=before_ns,
        after_ns=after_ns,
        problem=problem,
    )
