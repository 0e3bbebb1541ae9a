"""All processes of one program, its children too, ended or frozen."""

import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.errors import CouldNotStart
from switchdrill.machine.process import ProcessName, is_frozen, is_running, reap
from switchdrill.platform import program
from switchdrill.text import _

_ALL_S = 5.0


def kill(record: Path, service: str) -> None:
    """Frozen first: whatever starts others when they die, can't."""
    _until_none(record, service, _all, _end)


def stop(record: Path, service: str, *, grace_s: float) -> None:
    """Its first process is asked to end, as by a supervisor, and has `grace_s` for it; then the others are killed, as
    in a container that ends.
    """
    known = program.read(record)
    if known is not None and known.process is not None:
        _send(known.process, signal.SIGTERM)
        deadline = now_ns() + int(grace_s * NS_PER_S)
        while is_running(known.process) and now_ns() < deadline:
            reap()
            pause(0.02)
    kill(record, service)


def freeze(record: Path, service: str) -> None:
    """Until a look finds none that moves: one that was just forking may have a child by then."""
    _until_none(record, service, _moving, lambda process: _send(process, signal.SIGSTOP))


def _until_none(
    record: Path,
    service: str,
    which: Callable[[Sequence[ProcessName]], Sequence[ProcessName]],
    do: Callable[[ProcessName], object],
) -> None:
    deadline = now_ns() + int(_ALL_S * NS_PER_S)
    while found := which(program.processes_of(record, service)):
        for process in found:
            do(process)
        if now_ns() > deadline:
            raise CouldNotStart(
                _("{count} process(es) of service {service} do not obey").format(count=len(found), service=service),
                where=", ".join(str(process.pid) for process in found),
                because=_("they are in the middle of a call that can't be interrupted, or are made anew all the time"),
            )
        reap()
        pause(0.005)


def _all(processes: Sequence[ProcessName]) -> Sequence[ProcessName]:
    return processes


def _moving(processes: Sequence[ProcessName]) -> Sequence[ProcessName]:
    return [each for each in processes if not is_frozen(each)]


def _end(process: ProcessName) -> None:
    _send(process, signal.SIGSTOP)
    _send(process, signal.SIGKILL)


def _send(process: ProcessName, number: signal.Signals) -> None:
    if is_running(process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
