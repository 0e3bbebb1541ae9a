"""Processes that we started: how they are named for ever, and how they are ended, by id and never by name."""

import contextlib
import getpass
import os
import signal
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict

from switchdrill.clock import NS_PER_S, boot_id, now_ns, pause

OWNER = "SWITCHDRILL_OWNER"
"""Environment variable of everything we start: the folder on whose behalf it runs."""
SERVICE = "SWITCHDRILL_SERVICE"
"""And of a platform's programs, whatever else they start included: the service that they are."""
_EXITING = 0x4
_KILL_IS_PENDING = 1 << (signal.SIGKILL - 1)


class ProcessName(BaseModel):
    """A process that can't be mistaken for a later one with the same id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    started: int
    """Start time in clock ticks since boot (field 22 of /proc/PID/stat), and from bit 36 on 16 bits of the boot's id:
    after a reboot, a stranger may have the same `pid`, and have started as long after it."""


def name_of(pid: int) -> ProcessName | None:
    """The process that has `pid` now; None when there is none, or only its zombie."""
    fields = _stat(pid)
    # A zombie whose other threads are still dying has not closed its sockets yet (field 20 counts threads).
    if not fields or (fields[0] in "ZX" and int(fields[17]) <= 1):
        return None
    return ProcessName(pid=pid, started=_this_boot() | int(fields[19]))


def _stat(pid: int) -> list[str]:
    """What /proc/PID/stat tells from field 3 on; empty when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text[text.rfind(")") + 2 :].split()


@cache
def _this_boot() -> int:
    return (zlib.crc32(boot_id().encode()) & 0xFFFF) << 36


def user_name() -> str:
    """Who runs this, or his number: a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def is_running(process: ProcessName) -> bool:
    return name_of(process.pid) == process


def is_frozen(process: ProcessName) -> bool:
    """Whether it is stopped (SIGSTOP, a debugger): it lives, and does nothing."""
    fields = _stat(process.pid)
    return bool(fields) and fields[0] in "Tt" and is_running(process)


def is_dying(process: ProcessName) -> bool:
    """Whether SIGKILL waits for it, or it has begun to end (fields 9 and 31): it runs still, and won't for long."""
    fields = _stat(process.pid)
    ends = bool(fields) and (int(fields[6]) & _EXITING or int(fields[28]) & _KILL_IS_PENDING)
    return bool(ends) and is_running(process)


def own_name() -> ProcessName:
    """This process."""
    found = name_of(os.getpid())
    if found is None:
        raise RuntimeError("/proc is not there")
    return found


def start_detached(
    argv: Sequence[str],
    *,
    log: Path,
    owner: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> ProcessName:
    """Start a program in a session of its own, its output in `log`, nothing inherited. It outlives us.

    `owner` stands in its environment, so that `owned_by` finds it even when we die before its name is written down.
    Raises OSError when it can't be started.
    """
    with log.open("ab") as output:
        child = _Detached(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**(os.environ if env is None else env), OWNER: str(owner)},
            start_new_session=True,
            close_fds=True,
        )
    _forget(child)
    found = name_of(child.pid)
    return found or ProcessName(pid=child.pid, started=0)


def end(process: ProcessName, *, grace_s: float = 2.0) -> bool:
    """SIGTERM, then SIGKILL after `grace_s`; True when it is gone. A stranger with the same id is not touched."""
    return not end_all([process], grace_s=grace_s)


def kill(process: ProcessName) -> bool:
    """SIGKILL at once; True when it is gone."""
    return end_with(process, signal.SIGKILL)


def freeze(process: ProcessName) -> None:
    """SIGSTOP, until it acts: it holds its sockets and answers nothing.

    ProcessLookupError when it is gone, TimeoutError when it does not stop within 2 s.
    """
    if not is_running(process):
        raise ProcessLookupError(process.pid)
    os.kill(process.pid, signal.SIGSTOP)
    deadline = now_ns() + 2 * NS_PER_S
    while not is_frozen(process):
        if not is_running(process):
            raise ProcessLookupError(process.pid)
        if now_ns() > deadline:
            raise TimeoutError(process.pid)
        pause(0.001)


def end_with(process: ProcessName, number: signal.Signals) -> bool:
    """One signal, then up to 5 s of waiting; True when it is gone."""
    if is_running(process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
    deadline = now_ns() + 5 * NS_PER_S
    while is_running(process) and now_ns() < deadline:
        reap()
        pause(0.005)
    reap()
    return not is_running(process)


class _Detached(subprocess.Popen[bytes]):
    """A child that is meant to outlive us: Python need not warn that it still runs."""

    def __del__(self) -> None:  # without the parent's warning
        """Nothing: `reap` collects it when it ends while we live."""


_children: list["subprocess.Popen[bytes]"] = []


def _forget(child: "subprocess.Popen[bytes]") -> None:
    """Keep the handle, so that Python does not warn about a child that is meant to outlive us; `reap` collects it."""
    _children.append(child)


def reap() -> None:
    """Collect our own dead children, so that they do not stay as zombies."""
    _children[:] = [child for child in _children if child.poll() is None]


def owned_by(owner: Path, *, service: str = "") -> list[ProcessName]:
    """Every living process of this user that was started on behalf of `owner`, whoever started it; with `service`, only
    those of that one.
    """
    marks = {f"{OWNER}={owner}".encode(), *([f"{SERVICE}={service}".encode()] if service else [])}
    found: list[ProcessName] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        if marks <= set(_variables(entry)):
            name = name_of(int(entry.name))
            if name is not None and name.pid != os.getpid():
                found.append(name)
    return found


def variables_of(process: ProcessName) -> dict[str, str]:
    """Its environment, as it was started with; empty when it is gone, or another user's."""
    pairs = [os.fsdecode(each).partition("=") for each in _variables(Path(f"/proc/{process.pid}"))]
    return {name: value for name, equals, value in pairs if equals} if is_running(process) else {}


def _variables(entry: Path) -> list[bytes]:
    """The environment of a process; none of one that is another user's, or gone.

    For a moment, while it becomes another program, a process has none: then its parent, which is dead, has just
    started it, and it must not be missed.
    """
    try:
        for _look in range(10):
            variables = (entry / "environ").read_bytes()
            if variables:
                return variables.split(b"\0")
            (entry / "exe").readlink()  # no program at all: a thread of the kernel, or a zombie
            pause(0.002)
    except OSError:
        return []
    return []


def end_all(processes: Sequence[ProcessName], *, grace_s: float = 2.0) -> list[ProcessName]:
    """SIGTERM to all, SIGKILL after `grace_s` to those that stay; returns those that could not be ended."""
    for process in processes:
        if is_running(process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
                os.kill(process.pid, signal.SIGCONT)  # a stopped process would not act on SIGTERM
    deadline = now_ns() + int(grace_s * NS_PER_S)
    while any(is_running(process) for process in processes) and now_ns() < deadline:
        reap()
        pause(0.01)
    return [process for process in processes if not end_with(process, signal.SIGKILL)]


def spawn_piped(
    argv: Sequence[str],
    *,
    errors: IO[bytes],
    owner: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a helper in a session of its own that we talk to: its stdin tells it that we live, its stdout answers."""
    return subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=cwd,
        env={**(os.environ if env is None else env), OWNER: str(owner)},
        start_new_session=True,
        close_fds=True,
    )
