"""What this machine can do: every need of a drill, whether it is met, what it is for, and the command that meets it."""

import os
import platform
import resource
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from switchdrill.carrier import Rung, carrier
from switchdrill.errors import SwitchdrillError
from switchdrill.healing.lost import lost_runs
from switchdrill.machine.command import run
from switchdrill.platform import home
from switchdrill.state import state_home, unreadable_pointers
from switchdrill.text import _, padded

CORES = 2
FILES = 1024
"""Descriptors: some hundred viewers in one process, each with a connection and a question to a resolver."""
DOCKER_S = 5.0
FETCH = "switchdrill doctor --mend"


@runtime_checkable
class _Shows(Protocol):
    """A carrier that can tell which server it would take, without fetching or building one."""

    def at_hand(self) -> Rung:
        """Raises SwitchdrillError: what was looked for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that a drill needs, or that only some drills need."""

    name: str
    is_met: bool
    found: str
    purpose: str
    mend: str = ""
    """What meets it; empty when it is met, or nothing here can."""
    is_needed: bool = True
    """False: a drill starts without it."""

    def lines(self) -> list[str]:
        mark = _("met") if self.is_met else _("NOT MET") if self.is_needed else _("not met")
        first, *rest = self.found.splitlines() or [""]
        told = [f"{padded(mark, 8)} {padded(self.name, 16)} {first}", *(f"{'':<26}{each}" for each in rest)]
        told.append(f"{'':<26}" + self.purpose)
        return [*told, f"{'':<26}" + _("now:") + f"  {self.mend}"] if self.mend else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    lines: list[str]
    can_drill: bool


def examine(*, mend: bool) -> Examination:
    """Look at every need of the embedded platform's drills. Changes nothing, unless `mend`: a server is fetched."""
    state = _state()
    needs = [*_machine(), _toxiproxy(mend=mend), state, *(_left_over() if state.is_met else ()), _docker()]
    missing = [need.name for need in needs if need.is_needed and not need.is_met]
    lines = [line for need in needs for line in need.lines()]
    lines.append(
        _("needed before a drill can start: {names}").format(names=", ".join(missing))
        if missing
        else _("a drill can start here")
    )
    return Examination(lines=lines, can_drill=not missing)


def _machine() -> Iterator[Need]:
    yield Need(
        name="Python",
        is_met=sys.version_info >= (3, 11),
        found=platform.python_version(),
        purpose=_("runs everything; 3.11 or newer"),
    )
    yield Need(
        name="Linux",
        is_met=sys.platform == "linux" and Path("/proc/self/stat").exists(),
        found=f"{platform.system()} {platform.release()}",
        purpose=_("sites are frozen and killed by signals, and /proc tells our processes from others'"),
    )
    cores = len(os.sched_getaffinity(0))
    busy = os.getloadavg()[0]
    yield Need(
        name=_("processors"),
        is_met=cores >= CORES and busy < cores,
        found=_("{cores} for us; {busy:.1f} were busy in the last minute").format(cores=cores, busy=busy),
        purpose=_("the load must leave in time, else a run is INVALID; two that have little else to do"),
        mend="" if cores >= CORES and busy < cores else _("end what else runs here, or take a larger machine"),
        is_needed=False,
    )
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    is_plenty = hard == resource.RLIM_INFINITY or hard >= FILES
    yield Need(
        name=_("open files"),
        is_met=is_plenty,
        found=_("no limit") if hard == resource.RLIM_INFINITY else _("at most {most} a process").format(most=hard),
        purpose=_("every viewer and every hung question holds a connection; {least} or more").format(least=FILES),
        mend="" if is_plenty else _("as root, in the shell that drills:  ulimit -n {least}").format(least=FILES),
    )


def _toxiproxy(*, mend: bool) -> Need:
    purpose = _("carries every link of a platform, so that a site can be lost and come home")
    try:
        by = carrier()
        if mend:
            rung = by.provide()
        elif isinstance(by, _Shows):
            rung = by.at_hand()
        else:
            unknown = _("can't be told without fetching one")
            return Need(name="Toxiproxy", is_met=False, found=unknown, purpose=purpose, mend=FETCH, is_needed=False)
    except SwitchdrillError as problem:
        return Need(
            name="Toxiproxy",
            is_met=False,
            found="\n".join(filter(None, [problem.what, problem.because])),
            purpose=purpose,
            mend=(problem.now or "") if mend else FETCH,
        )
    return Need(name="Toxiproxy", is_met=True, found=rung.says, purpose=purpose)


def _state() -> Need:
    """Whether locks and undos find a place; nothing is made to find out."""
    purpose = _("remembers what is open, so that a later run or `heal --all` finds it")
    mend = _("make it writable, or set XDG_STATE_HOME to a folder of your own")
    try:
        home.names()
        home.home_of("any")
        folder = state_home()
    except SwitchdrillError as problem:
        found = "\n".join(filter(None, [problem.what, problem.where, problem.because]))
        return Need(name=_("state folder"), is_met=False, found=found, purpose=purpose, mend=problem.now or mend)
    nearest = next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)
    is_met = nearest.is_dir() and os.access(nearest, os.R_OK | os.W_OK | os.X_OK)
    return Need(
        name=_("state folder"), is_met=is_met, found=str(folder), purpose=purpose, mend="" if is_met else mend
    )  # fmt: skip


def _left_over() -> Iterator[Need]:
    """What earlier drills and platforms left. A lost run is healed by the next one; an unreadable one stops it."""
    try:
        lost = [run.run_id for run in lost_runs()]
        unreadable = [str(path) for path in unreadable_pointers()]
        half = [name for name in home.names() if home.is_half(name)]
        ended = {
            name: [each.name for each in known.ended()] for name in home.names() if (known := home.residents(name))
        }
    except (SwitchdrillError, OSError, RuntimeError) as problem:
        lost, unreadable, half, ended = [], [str(problem)], [], {}
    found = [
        *(_("{name}: a drill whose runner died").format(name=name) for name in lost),
        *(_("{name}: can't be read").format(name=name) for name in unreadable),
    ]
    yield Need(
        name=_("nothing broken"),
        is_met=not found,
        found="\n".join(found) or _("no earlier drill left anything open"),
        purpose=_("what an earlier drill broke must be healed before the next; the next run tries it by itself"),
        mend="switchdrill heal --all" if found else "",
        is_needed=bool(unreadable),
    )
    told = {name: _("{name}: up, but these have ended: {ended}").format(name=name, ended=", ".join(services))
            for name, services in ended.items() if services}  # fmt: skip
    told |= {name: _("{name}: left half-way").format(name=name) for name in half}
    for name, found_there in sorted(told.items()):
        yield Need(
            name=_("platform"),
            is_met=False,
            found=found_there,
            purpose=_("a drill on it would measure what is missing"),
            mend=f"switchdrill down {name}",
            is_needed=False,
        )


def _docker() -> Need:
    purpose = _("only a way to come by Toxiproxy; no drill of the embedded platform needs it")
    if shutil.which("docker") is None:
        return Need(name="Docker", is_met=False, found=_("is not here"), purpose=purpose, is_needed=False)
    try:
        asked = run(["docker", "version", "--format", "{{.Server.Version}}"], limit_s=DOCKER_S)
    except OSError as problem:
        return Need(name="Docker", is_met=False, found=str(problem), purpose=purpose, is_needed=False)
    found = _("engine {version}").format(version=asked.last_words) if asked.is_fine else _("its engine does not answer")
    return Need(name="Docker", is_met=asked.is_fine, found=found, purpose=purpose, is_needed=False)
