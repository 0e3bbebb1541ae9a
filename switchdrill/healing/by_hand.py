"""`switchdrill heal`: play what is open, whoever left it, and say what came of it."""

from dataclasses import dataclass
from pathlib import Path

from switchdrill.errors import Refused
from switchdrill.healing.heal import Played
from switchdrill.healing.lost import could_not_heal, recover
from switchdrill.process import is_running
from switchdrill.record.folder import RunFolder
from switchdrill.state import forget, open_runs
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class HealedByHand:
    lines: list[str]
    still_broken: bool


def heal_run(folder: Path) -> HealedByHand:
    """Heal one run. Refused while its runner is alive and well: it would go on measuring a platform that was healed."""
    run = RunFolder(folder)
    for run_id, opened in open_runs():
        if run_id == run.run_id and is_running(opened.runner):
            raise Refused(
                _("run {run} is still running").format(run=run_id),
                where=_("process {pid}").format(pid=opened.runner.pid),
                now=_("end it, it heals on its way out:  kill {pid}").format(pid=opened.runner.pid),
            )
    return _told(run.run_id, recover(run, why="command"))


def heal_all() -> HealedByHand:
    """Heal every run that was left open; those that still run are named and left alone."""
    lines: list[str] = []
    broken = False
    for run_id, opened in list(open_runs()):
        if is_running(opened.runner):
            lines.append(
                _("{run}: still running (process {pid}), left alone").format(run=run_id, pid=opened.runner.pid)
            )
            continue
        if not Path(opened.folder).is_dir():
            lines.append(_("{run}: its folder {folder} is gone").format(run=run_id, folder=opened.folder))
            forget(run_id)
            continue
        told = _told(run_id, recover(RunFolder(Path(opened.folder)), why="command"))
        lines += told.lines
        broken = broken or told.still_broken
    return HealedByHand(lines=lines or [_("nothing is open")], still_broken=broken)


def _told(run_id: str, played: list[Played]) -> HealedByHand:
    still_broken = [each for each in played if not each.ok]
    lines = [
        _("{run}: {undo}: {said}").format(
            run=run_id, undo=each.id, said=each.said if each.ok else _("NOT HEALED: ") + each.said
        )
        for each in played
    ] or [_("{run}: nothing is open").format(run=run_id)]
    if still_broken:
        lines.append(str(could_not_heal(run_id, still_broken)))
    return HealedByHand(lines=lines, still_broken=bool(still_broken))
