"""How the engine reaches the judge without knowing it: by the entry point `switchdrill.judges`."""

from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from switchdrill.errors import CouldNotStart
from switchdrill.text import _


class Judged(BaseModel):
    """What the engine needs of a judged run; the rest is in run.json."""

    model_config = ConfigDict(frozen=True)

    verdict: str | None
    """PASS, PASS_WITH_DEVIATIONS, INCOMPLETE, FAIL, INVALID; None: refused."""
    all_healed: bool
    findings: list[str]
    """One line for each promise that was not kept or not proven, the weightiest first."""
    summary: str
    """One screen for the terminal: verdict, measured against promised, data lost."""
    figures: str = ""
    """How long the recovery took and what was lost, for one line; empty: nothing was measured that could be used."""
    reports: list[Path]


class Judge(Protocol):
    """`switchdrill_reports.publish` is one (a module is an object, too)."""

    def judge(self, folder: Path) -> Judged:
        """Judge a run from its raw evidence; write run.json and junit.xml, the same bytes every time.

        Never raises for evidence that is missing or broken: that is INCOMPLETE.
        """
        ...

    def render(self, folder: Path, languages: Sequence[str]) -> Sequence[Path]:
        """Render run.json as report.<language>.html; same bytes every time. Returns the files."""
        ...


def judge() -> Judge:
    """The registered judge; CouldNotStart when none is installed."""
    for point in entry_points(group="switchdrill.judges"):
        loaded: Judge = point.load()
        return loaded
    raise CouldNotStart(_("no judge is installed"), now=_("install switchdrill again"))
