"""The way home of containers: killed when they are frozen, started in order, seen to be ready.

A frozen one is never woken: it would still do what clients long gone had asked. Killed through the engine alone it
wakes, since only its first process has a signal waiting, and in that instant the others do (measured: every time). So
every process gets its signal first: from this machine, else from a helper container in the same namespace.
"""

import contextlib
import ipaddress
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.containers.connection import NoEngine
from switchdrill.containers.engine import Engine, EngineError, StateUnknown
from switchdrill.containers.found import COMPOSE_PROJECT, Found
from switchdrill.containers.labels import HELPER
from switchdrill.errors import CouldNotHeal, SwitchdrillError
from switchdrill.platform.ready import is_ready
from switchdrill.text import _
from switchdrill_faults.docker.box import Box
from switchdrill_faults.docker.breaking import AT_ONCE
from switchdrill_faults.docker.process import is_in, is_ours_to_enter

HEAL_LIMIT_S = 60.0
"""For an engine that is down or was restarted: it comes back, or a person has to do something."""
_AGAIN_S = 0.5
_RUNS_WITHIN_S = 10.0
_RUNS = ("running", "restarting")
_IN_VAIN_NS: dict[str, int] = {}
"""Engine -> when this process last gave up waiting for it."""
Answer = TypeVar("Answer")


def limit_s(boxes: Sequence[Box]) -> float:
    """Within which containers are home once healing has begun: the slowest one's own time to be ready, or a minute."""
    return max((each.ready.within / NS_PER_S for each in boxes if each.ready is not None), default=0.0) + HEAL_LIMIT_S


def is_gone_with_its_platform(boxes: Sequence[Box], *, within_s: float | None = None) -> bool:
    """Whether the platform that we start and stop has ended: no container of its project is left.

    CouldNotHeal when no engine answers that within `within_s`, or a minute.
    """
    if not boxes or any(not each.project for each in boxes):
        return False
    projects = {(each.where, each.project): each for each in boxes}
    return not any(insist(box, _members_of(box.project), within_s=within_s) for box in projects.values())


def _members_of(project: str) -> Callable[[Engine], list[Found]]:
    return lambda engine: engine.every(f"{COMPOSE_PROJECT}={project}")


def frozen(boxes: Sequence[Box]) -> list[Box]:
    return [each for each in boxes if _state(each) == "paused"]


def ended(boxes: Sequence[Box]) -> list[Box]:
    """Those that do not run, or are not there."""
    return [each for each in boxes if _state(each) not in (*_RUNS, "paused")]


def kill_frozen(boxes: Sequence[Box]) -> int:
    """End those that are frozen, without waking them; how many there were. CouldNotHeal when one does not end."""
    those = frozen(boxes)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_kill_one, those))
    return len(those)


def start(boxes: Sequence[Box]) -> list[str]:
    """Start those that do not run; what was done, if anything was. CouldNotHeal for one that is not there, after all
    others were started.

    In this order; but where an address is not fixed, by address: an engine gives each the lowest one that is free, and
    so each gets its own again.
    """
    told = [(box, insist(box, box.found)) for box in ended(boxes)]
    those = [(box, found) for box, found in told if found is not None]
    if not all(each.is_fixed for _box, found in those for each in found.networks):
        those = sorted(those, key=lambda one: [ipaddress.ip_address(each).packed for each in one[0].addresses])
    for box, found in those:
        insist(box, partial(Engine.start, name=found.id))
    removed = next((box for box, found in told if found is None), None)
    if removed is not None:
        raise _removed(removed)
    moved = [words for box, _found in those if (words := _moved(box))]
    return [f"{len(those)} container(s) started", *moved] if those else []


def _moved(box: Box) -> str:
    """Where it is now, when it is not where it was."""
    found = insist(box, box.found)
    if found is None or not box.addresses or set(box.addresses) <= set(found.addresses):
        return ""
    return f"{box.name} is at {', '.join(found.addresses)} now, before at {', '.join(box.addresses)}"


def wait_until_whole(boxes: Sequence[Box]) -> None:
    """Until each runs, and gives its own sign that it is up. CouldNotHeal when one does not, in its own time or in
    `HEAL_LIMIT_S`, whichever is longer: one that comes home after a crash may have to catch up first.
    """
    begun = now_ns()
    for box in boxes:
        _until(box, partial(_runs, box), _RUNS_WITHIN_S, _("it does not run"))
    for box in boxes:
        if box.ready is not None:
            left_s = max(box.ready.within / NS_PER_S, HEAL_LIMIT_S) - (now_ns() - begun) / NS_PER_S
            _until(box, partial(is_ready, box.ready), max(left_s, 1.0), _("it runs, and is not ready"))


def insist(box: Box, call: Callable[[Engine], Answer], *, within_s: float | None = None) -> Answer:
    """`call`, again and again while the engine does not answer. CouldNotHeal after `within_s`, or a minute, or when it
    says no. One that was just waited for in vain is asked once: the next undo need not wait as long again.
    """
    limit_ns, at = int(HEAL_LIMIT_S * NS_PER_S), box.where.resolved()
    was_in_vain = now_ns() - _IN_VAIN_NS.get(at, -limit_ns) < limit_ns
    wait_ns = limit_ns if within_s is None else int(within_s * NS_PER_S)
    deadline = now_ns() + (0 if was_in_vain else wait_ns)
    while True:
        try:
            return call(box.engine())
        except (NoEngine, StateUnknown) as problem:
            if now_ns() >= deadline:
                if within_s is None:
                    _IN_VAIN_NS[at] = now_ns()
                raise _not_home(box, str(problem), now=problem.now) from problem
        except SwitchdrillError as problem:
            raise _not_home(box, str(problem), now=problem.now) from problem
        pause(_AGAIN_S)


def _kill_one(box: Box) -> None:
    found = insist(box, box.found)
    if found is None:
        return
    if is_ours_to_enter(found):
        for process in _processes_of(found):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    else:
        _kill_from_within(box, found)
    insist(box, partial(Engine.kill, name=found.id))
    _until(box, lambda: _state(box) != "paused", _RUNS_WITHIN_S, _("it does not end"))


def _state(box: Box) -> str:
    """Empty when there is none."""
    found = insist(box, box.found)
    return "" if found is None else found.state


def _runs(box: Box) -> bool:
    return _state(box) in _RUNS


def _until(box: Box, condition: Callable[[], bool], within_s: float, otherwise: str) -> None:
    deadline = now_ns() + int(within_s * NS_PER_S)
    while not condition():
        if now_ns() >= deadline:
            raise _not_home(box, f"{otherwise}: {_last_words(box)}")
        pause(0.05)


def _last_words(box: Box) -> str:
    try:
        found = box.found(box.engine())
        return "-" if found is None else f"{found.state}\n{box.engine().log(found.id)}"
    except SwitchdrillError as problem:
        return problem.what


def _kill_from_within(box: Box, found: Found) -> None:
    """All but the first process, which the engine itself kills. An image without a shell has to do without."""
    with contextlib.suppress(EngineError):
        box.engine().helper(
            found.image_id,
            ["sh", "-c", "kill -9 -1"],
            beside=found.id,
            shares="pid",
            capabilities=["KILL"],
            labels={HELPER: "kill"},
        )


def _processes_of(found: Found) -> list[int]:
    """By the container's id, so that no stranger is hit."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [pid for pid in pids if is_in(pid, found.id)]


def _removed(box: Box) -> CouldNotHeal:
    return CouldNotHeal(
        _("container {name} was removed by somebody").format(name=box.name),
        where=_("service {service}, {engine}").format(service=box.service, engine=box.where.resolved()),
        now=_("start the platform anew:  switchdrill down NAME  and  switchdrill up NAME")
        if box.project
        else _("make it again (docker compose up -d, or how it was made), then:  switchdrill heal --all"),
        meanwhile=_("service {service} is not there").format(service=box.service),
    )


def _not_home(box: Box, because: str, *, now: str | None = None) -> CouldNotHeal:
    return CouldNotHeal(
        _("container {name} could not be brought back").format(name=box.name),
        where=_("service {service}, {engine}").format(service=box.service, engine=box.where.resolved()),
        because=because,
        now=_("{first}\nthen:  switchdrill heal --all").format(first=now)
        if now
        else _("mend that, then:  switchdrill heal --all   (by hand:  docker start {name})").format(name=box.name),
        meanwhile=_("service {service} does not serve").format(service=box.service),
    )
