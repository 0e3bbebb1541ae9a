"""What this machine can do, what is missing, and the one command that mends it."""

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from switchdrill.carrier import carrier
from switchdrill.errors import SwitchdrillError
from switchdrill.healing.lost import lost_runs
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    lines: list[str]
    can_drill: bool


def examine(*, mend: bool) -> Examination:
    """Look at every need of the embedded platform's drills; with `mend`, also provide a Toxiproxy server."""
    lines = [
        _row(sys.version_info >= (3, 11), "Python", platform.python_version()),
        _row(sys.platform == "linux", _("Linux"), f"{platform.system()} {platform.release()}"),
        _row(Path("/proc/self/stat").exists(), "/proc", _("names processes for ever")),
    ]
    can_drill = sys.platform == "linux" and Path("/proc/self/stat").exists()
    if mend:
        try:
            lines.append(_row(True, "Toxiproxy", carrier().provide().says))
        except SwitchdrillError as problem:
            lines.append(_row(False, "Toxiproxy", str(problem)))
            can_drill = False
    else:
        lines.append(f"  ?   Toxiproxy     {_('found, fetched or built by: switchdrill doctor --mend')}")
    left = [run_id for run_id, _run in lost_runs()]
    lines.append(_row(not left, _("left-overs"), _("none") if not left else ", ".join(left)))
    if left:
        lines.append(f"      {_('mend it with: switchdrill heal --all')}")
    docker = shutil.which("docker")
    lines.append(f"  -   docker        {docker or _('not here; only drills of Docker platforms need it')}")
    user = "root" if os.geteuid() == 0 else _("not root; no drill of the embedded platform needs it")
    lines.append(f"  -   {_('user'):<13} {user}")
    return Examination(lines=lines, can_drill=can_drill)


def _row(ok: bool, name: str, said: str) -> str:
    return f"  {'ok ' if ok else 'NO '} {name:<13} {said}"
