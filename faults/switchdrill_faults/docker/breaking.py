"""Containers broken, all of a group at the same time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from switchdrill.containers.engine import Engine
from switchdrill.containers.found import Found
from switchdrill.errors import SwitchdrillError
from switchdrill_faults.docker.box import Box

AT_ONCE = 16


def pause(boxes: Sequence[Box]) -> None:
    """Freeze them: the first one first, the others at once. They accept connections and answer nothing."""
    _first_then_rest(boxes, lambda engine, name: engine.pause(name))


def kill(boxes: Sequence[Box]) -> None:
    """End them without a word."""
    _first_then_rest(boxes, lambda engine, name: engine.kill(name))


def stop(boxes: Sequence[Box], *, grace_s: int) -> None:
    """Ask them to end; those that do not, are killed after `grace_s`."""
    _first_then_rest(boxes, lambda engine, name: engine.stop(name, grace_s=grace_s))


def restart(boxes: Sequence[Box], *, grace_s: int) -> None:
    _first_then_rest(boxes, lambda engine, name: engine.restart(name, grace_s=grace_s))


def states(boxes: Sequence[Box]) -> dict[str, Found | None]:
    """Each as its engine tells it now, by name; None: there is none."""
    return {each.name: each.found(each.engine()) for each in boxes}


def _first_then_rest(boxes: Sequence[Box], do: Callable[[Engine, str], None]) -> None:
    """The first problem is raised, after all were tried: half of a site broken is worse than all of it."""
    problems: list[SwitchdrillError] = []

    def one(box: Box) -> None:
        try:
            do(box.engine(), box.name)
        except SwitchdrillError as problem:
            problems.append(problem)

    for box in boxes[:1]:
        one(box)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, boxes[1:]))
    if problems:
        raise problems[0]
