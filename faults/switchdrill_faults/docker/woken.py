"""Containers that somebody woke or started while they were to be lost: broken again, and both instants told.

Woken, a frozen one has done what clients had sent before: nobody can take that back, but that it happened is known.
"""

from typing import Literal

from switchdrill.clock import now_ns
from switchdrill.containers.connection import NoEngine
from switchdrill.containers.engine import EngineError
from switchdrill.fault import PutBack
from switchdrill.undo import Undo
from switchdrill_faults.docker import box, breaking
from switchdrill_faults.docker.box import Box

Lost = Literal["paused", "exited"]
_GLANCE_S = 2.0
_SEEN_NS: dict[tuple[str, str], int] = {}
"""Engine and container -> when it was last seen as it was to be."""


def put_back(undo: Undo, wanted: Lost) -> list[PutBack]:
    """Look at each, in one question an engine; one that runs is frozen, or ended, again. An engine that does not answer
    is asked again the next time.
    """
    looked_ns = now_ns()
    boxes = box.read(undo)
    states = {where: _states(one) for where, one in {each.where: each for each in boxes}.items()}
    running = [each for each in boxes if _runs(each, wanted, states[each.where].get(each.name, ""), looked_ns)]
    found: list[PutBack] = []
    for each in running:
        try:
            (breaking.pause if wanted == "paused" else breaking.kill)([each])
        except (EngineError, NoEngine):
            continue  # the next look tries again
        said = "somebody woke it, and it was frozen again" if wanted == "paused" else "it ran, and was ended again"
        since_ns = _SEEN_NS.get(_key(each), looked_ns)
        found.append(
            PutBack(
                undo=undo,
                target=f"container {each.name}",
                gone_ns=(since_ns, looked_ns),
                again_ns=now_ns(),
                said=said,
            )
        )
    return found


def _states(one: Box) -> dict[str, str]:
    try:
        return one.engine().states(within_s=_GLANCE_S)
    except (NoEngine, EngineError):
        return {}


def _runs(one: Box, wanted: Lost, state: str, looked_ns: int) -> bool:
    if state == wanted:
        _SEEN_NS[_key(one)] = looked_ns
    return state in ("running", "restarting")


def _key(one: Box) -> tuple[str, str]:
    return one.where.resolved(), one.name
