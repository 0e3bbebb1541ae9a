"""`switchdrill heal`: play what is open, whoever left it, and say what came of it."""

from dataclasses import dataclass
from pathlib import Path

from switchdrill.errors import Refused, SwitchdrillError
from switchdrill.healing.heal import Played
from switchdrill.healing.lost import could_not_heal, end_frozen_healer, recover, unknown_run
from switchdrill.healing.way_back import still_on_the_standby, unplayed_way_back
from switchdrill.machine.files import may_be_there
from switchdrill.machine.process import ProcessName, is_frozen, is_running
from switchdrill.record.entries import Healed, RunnerLost
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import of_kind, read_journal
from switchdrill.state import OpenRun, forget, open_run, open_runs, unreadable_pointers
from switchdrill.text import _

NOBODY = ProcessName(pid=0, started=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealedByHand:
    lines: list[str]
    still_broken: bool


def heal_run(folder: Path) -> HealedByHand:
    """Heal one run. Refused while its runner is alive: it would go on measuring a platform that was healed."""
    healed = _healed(_lost_run(folder) or _unknown_run(folder))
    if not healed.still_broken:
        for other in open_runs():  # it was moved here from where its pointer still says it is
            if other.run_id == folder.name and not may_be_there(Path(other.folder)) and not is_running(other.runner):
                forget(Path(other.folder))
    return healed


def pointed(named: str) -> Path | None:
    """The folder of an open run, by its path or id, also when that folder is gone."""
    wanted = Path(named).absolute()
    return next((Path(run.folder) for run in open_runs() if named == run.run_id or wanted == Path(run.folder)), None)


def forget_run(folder: Path) -> HealedByHand:
    """Nobody looks for it any more, whatever may still be broken: somebody has looked himself. Refused as above."""
    _lost_run(folder)
    forget(folder)
    return HealedByHand(lines=[_("{run}: forgotten; nothing was healed").format(run=folder.name)], still_broken=False)


def heal_all(runs: Path | None = None) -> HealedByHand:
    """Heal every run that was left open; those that still run are named and left alone.

    When there is none, and the newest in the folder `runs` was healed by its healer, that is told, with what is left
    to do: who comes here after a crash comes for that.
    """
    lines: list[str] = []
    broken = False
    for pointer in unreadable_pointers():
        lines.append(str(unknown_run(pointer)))
        broken = True
    for run in open_runs():
        if is_running(run.runner):
            still = _("{run}: still running (process {pid}), left alone").format(run=run.run_id, pid=run.runner.pid)
            frozen = is_frozen(run.runner)
            lines.append(f"{still}\n{_how_to_end(run)}" if frozen else still)
            broken = broken or frozen
            continue
        told = _healed(run)
        lines += told.lines
        broken = broken or told.still_broken
    if not lines:
        lines = [_("nothing is open"), *(_healed_already(runs) if runs is not None else [])]
    return HealedByHand(lines=lines, still_broken=broken)


def _healed_already(runs: Path) -> list[str]:
    """Of the newest run, when its runner died and another process healed it."""
    newest = max((path.parent for path in runs.glob("*/run.jsonl")), default=None)
    if newest is None:
        return []
    folder = RunFolder(newest)
    try:
        entries = read_journal(folder.journal).entries
    except (OSError, ValueError, SwitchdrillError):  # what can't be read is no news of a healer
        return []
    if not of_kind(entries, RunnerLost):
        return []
    homes = [each for each in of_kind(entries, Healed) if each.ok]
    lines = [
        _("the newest run, {run}: its runner died; {by} brought home: {said}").format(
            run=newest.name, by=each.by, said=each.said
        )
        for each in homes
    ]
    command = unplayed_way_back(folder)
    return [*lines, *([still_on_the_standby(command)] if command is not None else [])]


def _lost_run(folder: Path) -> OpenRun | None:
    """The open run in that folder, if any. Refused: its runner is alive."""
    run = open_run(folder)
    if run is not None and is_running(run.runner):
        raise Refused(
            _("run {run} is still running").format(run=run.run_id),
            where=_("process {pid}").format(pid=run.runner.pid),
            now=_how_to_end(run),
        )
    return run


def _unknown_run(folder: Path) -> OpenRun:
    """Of a folder that nothing points to: closed before, or moved, or from another machine."""
    own = RunFolder(folder).platform
    return OpenRun(
        folder=str(folder),
        platform="",
        lock="",
        state=str(own) if own.is_dir() else "",
        runner=NOBODY,
        healer=None,
    )


def _healed(run: OpenRun) -> HealedByHand:
    end_frozen_healer(run)
    return _told(run, recover(run, why="command"))


def _how_to_end(run: OpenRun) -> str:
    if is_frozen(run.runner):
        return _("it is frozen, and what it broke stays broken; end it, its healer heals:  kill -9 {pid}").format(
            pid=run.runner.pid
        )
    return _("end it, it heals on its way out:  kill {pid}").format(pid=run.runner.pid)


def _told(run: OpenRun, played: list[Played]) -> HealedByHand:
    still_broken = [each for each in played if not each.ok]
    lines = [
        _("{run}: {undo}: {said}").format(
            run=run.run_id, undo=each.id, said=each.said if each.ok else _("NOT HEALED: ") + each.said
        )
        for each in played
    ] or [_("{run}: nothing is open").format(run=run.run_id)]
    if still_broken:
        lines.append(str(could_not_heal(run, still_broken)))
    command = unplayed_way_back(RunFolder(Path(run.folder)))
    if command is not None:
        lines.append(still_on_the_standby(command))
    return HealedByHand(lines=lines, still_broken=bool(still_broken))
