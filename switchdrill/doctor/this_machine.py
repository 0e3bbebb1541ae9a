"""What every drill needs of a machine."""

import os
import platform
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from switchdrill.clock import pause
from switchdrill.doctor.need import Need
from switchdrill.text import _

CORES = 2
LOOK_S = 0.5
FILES = 1024
"""Descriptors: some hundred viewers in one process, each with a connection and a question to a resolver."""


def needs() -> Iterator[Need]:
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
    busy = _busy(cores)
    yield Need(
        name=_("processors"),
        is_met=cores >= CORES and busy < cores / 2,
        found=_("{cores} for us; {busy:.1f} of them busy just now").format(cores=cores, busy=busy),
        purpose=_("the load must leave in time, else a run is INVALID; two that have little else to do"),
        mend="" if cores >= CORES and busy < cores / 2 else _("end what else runs here, or take a larger machine"),
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


def _busy(cores: int) -> float:
    """How many processors had something to do while we looked; a load average remembers too long."""
    busy, every = _ticks()
    pause(LOOK_S)
    busy_then, every_then = _ticks()
    return cores * (busy_then - busy) / max(every_then - every, 1)


def _ticks() -> tuple[int, int]:
    """Of all processors since the start: those that were used or taken by the host, and all."""
    try:
        told = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    except OSError:
        return 0, 0
    user, nice, system, idle, waiting, interrupts, soft, stolen = map(int, told[:8])
    busy = user + nice + system + interrupts + soft + stolen
    return busy, busy + idle + waiting
