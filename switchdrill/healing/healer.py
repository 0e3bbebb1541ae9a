"""The healer: a process in a session of its own, started before anything else.

It holds one end of a pipe. End of file without a farewell: the runner died (kill -9 included), so it heals everything
that is open, finishes the record, judges and reports. An undo whose deadline passes it plays even while the runner
lives, and so it does with every fault when the runner is stopped (Ctrl-Z, a debugger, SIGSTOP): one that stands still
can't heal, and does not know what it does to its viewers. One that stands still in the middle of healing keeps
everybody else from it: it is killed. The healer also holds the platform's lock, so that nobody else starts before all
is healed.
"""

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from switchdrill.clock import boot_id, now_ns
from switchdrill.fault import catalogue
from switchdrill.healing.heal import order, play
from switchdrill.healing.lost import could_not_heal, recover
from switchdrill.healing.undos import OpenUndo, UndoStore
from switchdrill.machine.priority import come_first
from switchdrill.machine.process import ProcessName, is_frozen, kill, name_of, own_name
from switchdrill.platform.lifecycle import PLATFORM_KIND
from switchdrill.record.folder import RunFolder
from switchdrill.state import OpenRun, open_run, tidy

FAREWELL = b"bye\n"
LOOK_EVERY_S = 0.1
RETRY_NS = 5_000_000_000
STILL_NS = 3_000_000_000
"""A runner that is stopped for so long is not waited for."""


def watch(folder: RunFolder, pipe: int) -> int:
    """Watch until the runner says goodbye or is gone; exit code 4 when something could not be healed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # whoever ends the drill this way must not end its healing
    come_first()
    store = UndoStore(folder.undo)
    runner = Runner(name_of(os.getppid()))
    tried_ns: dict[str, int] = {}
    said = b""
    _say("watching")
    with suppress(Exception):  # the one that is broken is told when it is to be played; the others can be
        catalogue()  # imported now: when the runner dies nobody waits for that
    while True:
        ready, _writable, _exceptional = select.select([pipe], [], [], LOOK_EVERY_S)
        if ready:
            chunk = os.read(pipe, 100)
            said += chunk
            if said.endswith(FAREWELL):
                return 0
            if not chunk:
                break
        stands_still = runner.stands_still()
        if stands_still and store.is_held():
            _say("the runner stands still while it heals; it is killed")
            runner.kill()
            continue
        for opened, why in _due(store, stands_still=stands_still):
            if now_ns() - tried_ns.get(opened.id, -RETRY_NS) < RETRY_NS:
                continue
            tried_ns[opened.id] = now_ns()
            played = play(store, opened, by="healer", why=why)
            _say(f"{why}, {opened.id}: {'healed' if played.ok else 'NOT HEALED'}: {played.said}")
    _say("the runner is gone")
    run = open_run(folder.path)
    if run is None:  # it died before anything could be found by others; nothing but this healer was started
        run = OpenRun(folder=str(folder.path), platform="", lock="", runner=own_name(), healer=None)
    still_broken = [each for each in recover(run, why="runner_lost") if not each.ok]
    if still_broken:
        problem = could_not_heal(run, still_broken)
        _say(str(problem))
        return problem.exit_code
    if run.lock:
        Path(run.lock).unlink(missing_ok=True)  # ours: we hold it until we end
        tidy()
    _say("all healed")
    return 0


class Runner:
    """The process that started this healer, seen from outside."""

    def __init__(self, process: ProcessName | None) -> None:
        self._process = process
        self._moved_ns = now_ns()

    def stands_still(self) -> bool:
        """Whether it has been stopped for `STILL_NS`, at every look of ours."""
        if self._process is None or not is_frozen(self._process):
            self._moved_ns = now_ns()
        return now_ns() - self._moved_ns >= STILL_NS

    def kill(self) -> None:
        """Its pipe ends with it, so that everything is taken over: healing, record, judgement."""
        if self._process is not None:
            kill(self._process)


def _due(store: UndoStore, *, stands_still: bool) -> Iterator[tuple[OpenUndo, str]]:
    """What must come home now, in their order, and why. The platform of a runner that stands still may wait."""
    now, boot = now_ns(), boot_id()
    for opened in order(store.open()):
        if opened.deadline_ns <= now or opened.boot_id != boot:
            yield opened, "deadline"
        elif stands_still and opened.undo.kind != PLATFORM_KIND:
            yield opened, "stood_still"


def _say(text: str) -> None:
    """Into `healer.log`; a full disk must not keep it from healing."""
    with suppress(OSError):
        sys.stdout.write(f"healer: {text}\n")
        sys.stdout.flush()
