"""A platform that puts itself in disorder and in order again: a script of a few lines, on files of its folder."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from switchdrill.platform.disorder import Disorder
from switchdrill.platform.find import filled
from switchdrill.platform.model import Platform

Make = Callable[..., Any]  # of a SmallPlatform, see tests/conftest.py
CTL = """#!/bin/sh
# break|heal|look NAME SITE WHAT
set -eu
file="{state}/$2.$3.$4.disorder"
case $1 in
break) touch "$file" ;;
heal) rm -f "$file" ;;
look)
    [ -d "{state}" ] || { echo "it has ended"; exit 1; }
    [ ! -e "$file" ] || { echo "$2 at $3: $4"; exit 0; }
    echo "as it was"; exit 1 ;;
esac
"""
EVERY = (
    "stream-metadata",
    "playlist-frozen",
    "encoder-parameters",
    "dependency-misplaced",
    "capacity",
    "write-guard",
    "failed-checks",
)
OF_THE_WHOLE = ("encoder-parameters",)


@dataclasses.dataclass(slots=True)
class Ordered:
    """A stage; see stages.py."""

    small: Make
    state: Path = Path()
    commands: Path = Path()

    def on_paper(self, fence: list[str] | None = None) -> Platform:
        small = self.small(fence=fence)
        self.state = small.state
        self.commands = small.state.parent / "ctl"
        return ordered(small.platform, self.state, self.commands)

    def running(self, fence: list[str] | None = None) -> Platform:
        return self.on_paper(fence)

    def everything(self) -> dict[str, str]:
        return {str(path): path.read_text() for path in sorted(self.state.rglob("*")) if path.is_file()}

    def is_good(self) -> bool:
        return not list(self.state.glob("*.disorder"))

    def kill_what_breaks(self, site: str) -> None:
        """Nothing lives that does it."""

    def end(self) -> None:
        shutil.rmtree(self.state)

    def what_runs(self) -> list[str]:
        return []


def ordered(platform: Platform, state: Path, ctl: Path, **changed: object) -> Platform:
    """With every disorder that a fault asks for, by a script in `ctl`; `changed` are keys of each of them."""
    ctl.mkdir(exist_ok=True)
    (ctl / "ctl").write_text(CTL.replace("{state}", str(state)))
    disorders = {}
    for name in EVERY:
        site = "all" if name in OF_THE_WHOLE else "{site}"
        argvs = {each: ["/bin/sh", "{here}/ctl", each, name, site, "{what}"] for each in ("break", "heal", "look")}
        sites = [] if name in OF_THE_WHOLE else ["a", "b"]
        disorders[name] = Disorder.model_validate({**argvs, "sites": sites, "within": "2s", **changed})
    return filled(platform.model_copy(update={"disorders": disorders}), ctl / "platform.yaml", state)
