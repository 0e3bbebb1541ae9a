"""The program behind the `disorders` of a platform's file: one command line, and exit codes that faults understand.

break, heal: 0 when done, 1 with the reason when not. look: 0 in disorder, 1 as it was, 2 neither, or not known.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from switchdrill.errors import EXIT_FAIL, EXIT_PASS, SwitchdrillError
from switchdrill.platform.disorder import Known
from switchdrill.platform.model import Platform
from switchdrill.platform.resolved import read_resolved

IN_DISORDER, AS_IT_WAS, NOT_KNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a command is about."""

    platform: Platform
    folder: Path
    """The platform's own: where its resolved file is."""
    site: str
    """Empty: the platform as a whole."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found. Both or neither, or it is on its way from one to the other."""

    is_caused: bool
    """What makes it is there."""
    is_shown: bool
    """And can be seen, from outside of what makes it."""
    says: str

    @classmethod
    def ended(cls, whom: str, *, is_caused: bool = False) -> "Looked":
        """Whoever could show it has ended: it is shown as far as it is caused."""
        return cls(is_caused=is_caused, is_shown=is_caused, says=f"{whom} has ended")


class Upset(Protocol):
    """One disorder. A SwitchdrillError is why something was not done, or can't be known."""

    def make(self, where: Where) -> str:
        """What was done."""
        ...

    def take_back(self, where: Where) -> str:
        """Fine to play twice, and while what it disturbs hangs, or has ended."""
        ...

    def look(self, where: Where) -> Looked: ...


def run(says: str | None, upsets: Mapping[Known, Upset], argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks; the exit code. `says` is for --help."""
    parser = argparse.ArgumentParser(description=says, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", type=Path, required=True, help="the resolved platform file")
    parser.add_argument("command", choices=("break", "heal", "look"))
    parser.add_argument("disorder", choices=sorted(upsets))
    parser.add_argument("--site", default="")
    parser.add_argument("--what", default="")
    asked = parser.parse_args(argv)
    try:
        platform = read_resolved(asked.platform)
        where = Where(platform=platform, folder=asked.platform.resolve().parent, site=asked.site, what=asked.what)
        upset = upsets[asked.disorder]
        if asked.command == "look":
            return _told(upset.look(where))
        sys.stdout.write((upset.make if asked.command == "break" else upset.take_back)(where) + "\n")
    except SwitchdrillError as problem:
        sys.stderr.write(f"{Path(sys.argv[0]).name}: {problem.in_a_line()}\n")
        return NOT_KNOWN if asked.command == "look" else EXIT_FAIL
    return EXIT_PASS


def _told(looked: Looked) -> int:
    sys.stdout.write(f"{looked.says}\n")
    if looked.is_caused != looked.is_shown:
        return NOT_KNOWN
    return IN_DISORDER if looked.is_caused else AS_IT_WAS
