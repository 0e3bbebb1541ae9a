"""What people read at the terminal, from the engine, the faults and the judge's errors, and its Chinese catalogue.

As a program, `python -m tests.engine.messages`, it brings the catalogue up to date.
"""

from importlib.resources import files
from pathlib import Path

from tests.catalogue import Held, in_python, tell, unreadable_in

VERBS = {
    "switchdrill": frozenset({"_", "marked"}),
    "switchdrill_faults": frozenset({"_", "marked"}),
    "switchdrill_reports": frozenset({"_"}),  # its `marked` and `say` are for the reports' own catalogue
}
_ROOTS = {package: Path(str(files(package))) for package in VERBS}

HELD = Held(
    file=_ROOTS["switchdrill"] / "locale" / "zh" / "LC_MESSAGES" / "messages.po",
    title="# 简体中文 of the engine and the faults.",
    found=tuple(
        (f"{package}/{place}", message)
        for package, verbs in VERBS.items()
        for place, message in in_python(_ROOTS[package], verbs)
    ),
    too_early=tuple(
        f"{package}/{place}" for package, verbs in VERBS.items() for place in unreadable_in(_ROOTS[package], verbs)
    ),
)

if __name__ == "__main__":
    tell(HELD)
