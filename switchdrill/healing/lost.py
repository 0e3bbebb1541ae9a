"""Take over from a runner that died: heal, finish its record, judge it. Done by the healer, or later by the sweep."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from switchdrill.clock import now_ns
from switchdrill.errors import CouldNotHeal, SwitchdrillError
from switchdrill.healing.heal import Played, play_all
from switchdrill.healing.undos import UndoStore
from switchdrill.judging import judge
from switchdrill.process import is_running
from switchdrill.record.entries import Closed, Healed, RunnerLost
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import Journal, of_kind, read_journal
from switchdrill.state import OpenRun, forget, open_runs
from switchdrill.text import _


def recover(folder: RunFolder, *, why: str) -> list[Played]:
    """Heal all that is open, then write `runner_lost`, `healed`, `closed`, judge and report. May be repeated.

    Healing comes first and needs nothing of the rest; what can't be written down is healed all the same. The pointer to
    the run goes away only when everything is healed.
    """
    before_ns = now_ns()
    played = play_all(UndoStore(folder.undo), by="healer", why=why)
    with contextlib.suppress(SwitchdrillError, OSError):
        _finish_record(folder, played, before_ns, why)
    if all(each.ok for each in played):
        forget(folder.run_id)
    with contextlib.suppress(SwitchdrillError, OSError):
        judge().judge(folder.path)
        judge().render(folder.path, ("en", "zh"))
    return played


def lost_runs() -> Iterator[tuple[str, OpenRun]]:
    """Open runs of which neither the runner nor the healer is alive."""
    for run_id, run in open_runs():
        if is_running(run.runner) or (run.healer is not None and is_running(run.healer)):
            continue
        yield run_id, run


def sweep() -> list[str]:
    """Heal whatever earlier runs left; returns the runs that were healed. CouldNotHeal: something stays broken."""
    healed: list[str] = []
    for run_id, run in list(lost_runs()):
        folder = RunFolder(Path(run.folder))
        if not folder.path.is_dir():
            forget(run_id)
            continue
        played = recover(folder, why="sweep")
        still_broken = [each for each in played if not each.ok]
        if still_broken:
            raise could_not_heal(run_id, still_broken)
        healed.append(run_id)
    return healed


def could_not_heal(run_id: str, still_broken: list[Played]) -> CouldNotHeal:
    """The loudest message: what is still broken, and the command that mends it."""
    first = still_broken[0]
    return CouldNotHeal(
        _("{count} fault(s) could not be healed").format(count=len(still_broken)),
        where=_("run {run}, {undos}").format(run=run_id, undos=", ".join(each.id for each in still_broken)),
        because=first.said,
        now=_("mend the cause, then:  switchdrill heal {run}").format(run=run_id),
        meanwhile=_("the way to what was broken may still be closed; the drill is not retried"),
    )


def _finish_record(folder: RunFolder, played: list[Played], lost_ns: int, why: str) -> None:
    already = of_kind(read_journal(folder.journal).entries, Closed)
    if already and already[-1].all_healed:
        return
    journal, torn = Journal.take_over(folder.journal)
    try:
        if not already:
            journal.write(RunnerLost(t_ns=lost_ns, torn_bytes=torn))
        for each in played:
            journal.write(
                Healed(
                    t_ns=each.after_ns,
                    undo=each.id,
                    fault=each.kind,
                    by="healer",
                    why=why,
                    ok=each.ok,
                    said=each.said,
                    before_ns=each.before_ns,
                    after_ns=each.after_ns,
                )
            )
        journal.write(Closed(t_ns=now_ns(), by="healer", all_healed=all(each.ok for each in played)))
    finally:
        journal.close()
