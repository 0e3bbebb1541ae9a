"""Take over from a runner that died: heal, finish its record, judge it. Done by the healer, or later by the sweep."""

import fcntl
import os
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from switchdrill.clock import now_ns
from switchdrill.errors import CouldNotHeal, SwitchdrillError
from switchdrill.healing.heal import UNKNOWN_KIND, Played, play_all, unreadable
from switchdrill.healing.undos import UndoStore
from switchdrill.healing.way_back import unplayed_way_back
from switchdrill.judging import judge
from switchdrill.machine import network
from switchdrill.machine.held import held
from switchdrill.machine.process import ProcessName, is_frozen, is_running, kill
from switchdrill.platform.docker_lock import dead_run, lock_for
from switchdrill.platform.lifecycle import docker_of, stop_platform, undo_of
from switchdrill.platform.model import Platform
from switchdrill.record.ballast import BALLAST, make_room
from switchdrill.record.entries import Closed, Healed, Noted, RunnerLost, UndoWritten
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import Journal, of_kind, read_journal
from switchdrill.state import OpenRun, forget, open_runs, tidy, unreadable_pointers
from switchdrill.text import _

RECOVERING = ".recovering"
RECOVER_LOCK_S = 60.0


def recover(run: OpenRun, *, why: str) -> list[Played]:
    """Heal all that is open, then write `runner_lost`, `healed`, `closed`, judge and report. May be repeated.

    Healing comes first and needs nothing of the rest; what can't be written down is healed all the same. The pointer to
    the run, its lock and its ballast go away only when everything is healed, and it is judged. One process at a time
    does this; a folder that is gone, or a holder that hangs, keeps nobody from healing.
    """
    folder = RunFolder(Path(run.folder))
    with ExitStack() as stack:
        with suppress(OSError, SwitchdrillError):
            stack.enter_context(held(folder.undo / RECOVERING, within_s=RECOVER_LOCK_S))
        return _recover(run, folder, why)


def _recover(run: OpenRun, folder: RunFolder, why: str) -> list[Played]:
    before_ns = now_ns()
    make_room(folder.path)
    played = _salvaged(run, folder, play_all(UndoStore(folder.undo), by="healer", why=why), why)
    with suppress(SwitchdrillError, OSError):
        _finish_record(folder, played, before_ns)
    all_healed = all(each.ok for each in played)
    if all_healed:
        (folder.path / BALLAST).unlink(missing_ok=True)
        if run.lock:
            _remove_if_free(Path(run.lock))
    with suppress(Exception):  # a judge that fails must not leave what is healed as open
        judge().judge(folder.path)
        judge().render(folder.path, ("en", "zh"))
    if all_healed:
        forget(folder.path)
    return played


def _salvaged(run: OpenRun, folder: RunFolder, played: list[Played], why: str) -> list[Played]:
    """What is to be done when undos are gone, or can't be read: `played`, and what became of those.

    Whatever the run itself had started is found by its mark, and ended; when that was its whole platform, nothing of it
    can be broken any more. On a platform that stays up nobody knows what they would have healed.
    """
    entries = read_journal(folder.journal).entries
    store = UndoStore(folder.undo)
    healed = {each.undo for each in of_kind(entries, Healed) if each.ok}
    gone = [
        each.undo for each in of_kind(entries, UndoWritten) if each.undo not in healed and not store.knows(each.undo)
    ]
    lost = [each for each in played if each.kind == UNKNOWN_KIND]
    if not gone and not lost:
        return played
    is_own = run.state == str(folder.platform)
    try:
        own = folder.platform if is_own else None
        said = stop_platform(undo_of(state=own, run=folder.path, docker=docker_of(own) if own is not None else None))
    except SwitchdrillError as problem:
        said, is_own = str(problem), False
    told = (
        f"its platform was the run's own, and is gone: {said}" if is_own else "what it would have healed is not known"
    )
    return [
        *(each for each in played if each.kind != UNKNOWN_KIND),
        *(unreadable(undo, f"this undo is gone; {told}", by="healer", why=why, ok=is_own) for undo in gone),
        *(replace(each, ok=is_own, said=f"{each.said}; {told}") for each in lost),
    ]


def lost_runs() -> list[OpenRun]:
    """Open runs whose runner is gone, and whose healer is gone or frozen: nobody else will heal them."""
    return [run for run in open_runs() if not is_running(run.runner) and not _is_healing(run)]


def sweep() -> list[str]:
    """Heal whatever earlier runs left; returns the runs that were healed. CouldNotHeal: something stays broken."""
    unreadable = unreadable_pointers()
    if unreadable:
        raise unknown_run(unreadable[0])
    healed: list[str] = []
    for run in filter(_is_within_reach, lost_runs()):
        end_frozen_healer(run)
        still_broken = [each for each in recover(run, why="sweep") if not each.ok]
        if still_broken:
            raise could_not_heal(run, still_broken)
        healed.append(run.run_id)
    return healed


def sweep_by_lock(platform: Platform) -> list[str]:
    """As `sweep`, of the dead run that the platform's lock on its engine names: with its CI job's container the folder
    went that would point to it. A run's folder that is gone, or another user's, is not followed.
    """
    lock = lock_for(platform, Path())
    folder = None if lock is None else dead_run(lock)
    if folder is None or not _is_ours(folder) or not UndoStore(folder / "undo").open():
        return []
    own = RunFolder(folder).platform
    run = OpenRun(
        folder=str(folder), platform=platform.id, lock="", state=str(own) if own.is_dir() else "",
        runner=ProcessName(pid=0, started=0), healer=None,
    )  # fmt: skip
    still_broken = [each for each in recover(run, why="sweep") if not each.ok]
    if still_broken:
        raise could_not_heal(run, still_broken)
    return [run.run_id]


def _is_ours(folder: Path) -> bool:
    """An undo names what is run: a stranger's is not followed."""
    try:
        return all(each.stat().st_uid == os.geteuid() for each in (folder, folder / "undo"))
    except OSError:
        return False


def _is_within_reach(run: OpenRun) -> bool:
    """From a network namespace of our own nobody reaches another, and nothing of another is met there: what is lost out
    there was swept before we went in.
    """
    return network.own() in (None, run.network)


def end_frozen_healer(run: OpenRun) -> None:
    """A healer that is frozen heals nothing, and still holds the platform's lock."""
    if run.healer is not None and is_frozen(run.healer):
        kill(run.healer)


def unknown_run(pointer: Path) -> CouldNotHeal:
    """A pointer that can't be read is never thrown away: something may be broken behind it."""
    return CouldNotHeal(
        _("a run was left open, and what says where it is can't be read"),
        where=str(pointer),
        now=_("find its run folder, then:  switchdrill heal FOLDER  and remove that file"),
    )


def could_not_heal(run: OpenRun | RunFolder, still_broken: list[Played]) -> CouldNotHeal:
    """The loudest message: what is still broken, and the command that mends it."""
    first = still_broken[0]
    meanwhile = first.problem.meanwhile if first.problem is not None else None
    folder = run.folder if isinstance(run, OpenRun) else run.path
    return CouldNotHeal(
        _("{count} fault(s) could not be healed").format(count=len(still_broken)),
        where=_("run {run}, {undos}").format(run=folder, undos=", ".join(each.target for each in still_broken)),
        because=first.said,
        now=_("mend the cause, then:  switchdrill heal {run}  (or, when you have looked:  --forget)").format(
            run=folder
        ),
        meanwhile=meanwhile or _("the way to what was broken may still be closed; the drill is not retried"),
    )


def _finish_record(folder: RunFolder, played: list[Played], lost_ns: int) -> None:
    already = of_kind(read_journal(folder.journal).entries, Closed)
    if already and already[-1].all_healed:
        return
    journal, torn = Journal.take_over(folder.journal)
    try:
        if not already:
            journal.write(RunnerLost(t_ns=lost_ns, torn_bytes=torn))
        for each in played:
            journal.write(each.as_record())
        command = unplayed_way_back(folder)
        if command is not None:
            journal.write(
                Noted(t_ns=now_ns(), deviation=True, said=f"the way back was not played to its end: {command}")
            )
        journal.write(Closed(t_ns=now_ns(), by="healer", all_healed=all(each.ok for each in played)))
    finally:
        journal.close()


def _is_healing(run: OpenRun) -> bool:
    return run.healer is not None and is_running(run.healer) and not is_frozen(run.healer)


def _remove_if_free(lock: Path) -> None:
    """The lock of a run that is over; somebody may have taken it again meanwhile."""
    with suppress(OSError), lock.open("rb+") as handle, suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.unlink()
    tidy()
