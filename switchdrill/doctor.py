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
from switchdrill.state import unreadable_pointers
from switchdrill.text import _, padded


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    lines: list[str]
    can_drill: bool


def examine(*, mend: bool) -> Examination:
    """Look at every need of the embedded platform's drills; with `mend`, also provide a Toxiproxy server."""
    lines = [
        _found(sys.version_info >= (3, 11), "Python", platform.python_version()),
        _found(sys.platform == "linux", "Linux", f"{platform.system()} {platform.release()}"),
        _found(Path("/proc/self/stat").exists(), "/proc", _("names processes for ever")),
    ]
    can_drill = sys.platform == "linux" and Path("/proc/self/stat").exists()
    if mend:
        try:
            lines.append(_found(True, "Toxiproxy", carrier().provide().says))
        except SwitchdrillError as problem:
            lines.append(_found(False, "Toxiproxy", str(problem)))
            can_drill = False
    else:
        lines.append(_row("?", "Toxiproxy", _("found, fetched or built by: switchdrill doctor --mend")))
    left = [run.run_id for run in lost_runs()] + [str(path) for path in unreadable_pointers()]
    lines.append(_found(not left, _("left-overs"), _("none") if not left else ", ".join(left)))
    if left:
        lines.append("      " + _("mend it with: switchdrill heal --all"))
    docker = shutil.which("docker") or _("not here; only drills of Docker platforms need it")
    lines.append(_row("-", "docker", docker))
    user = "root" if os.geteuid() == 0 else _("not root; no drill of the embedded platform needs it")
    lines.append(_row("-", _("user"), user))
    return Examination(lines=lines, can_drill=can_drill)


def _found(is_fine: bool, name: str, said: str) -> str:
    return _row("ok" if is_fine else "NO", name, said)


def _row(mark: str, name: str, said: str) -> str:
    return f"  {mark:<3} {padded(name, 13)} {said}"
