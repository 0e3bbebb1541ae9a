"""The program behind the `commands` of a platform's file: one command line, one way to end.

Exit code 0 when done, with what was done on stdout; 1 when not, with the reason on stderr in one line and what to do in
another: a run's record and its messages take a command's last two.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from switchdrill.errors import EXIT_FAIL, EXIT_PASS, SwitchdrillError
from switchdrill.platform.asking import CommandFailed
from switchdrill.platform.model import Platform
from switchdrill.platform.resolved import read_resolved
from switchdrill.text import _

SiteCommand = Callable[[Platform, str], str]
WholeCommand = Callable[[Platform], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What each of them does. It answers what was done; a SwitchdrillError is why it was not."""

    steer: SiteCommand
    failback: SiteCommand
    fence: SiteCommand
    check: WholeCommand
    reset: WholeCommand
    state: WholeCommand
    """JSON, for people and programs."""

    def run(self, says: str | None, argv: Sequence[str] | None = None) -> int:
        """Do what the command line asks; the exit code. `says` is for --help."""
        parser = argparse.ArgumentParser(description=says, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--platform", type=Path, required=True, help="the resolved platform file")
        parsers = parser.add_subparsers(dest="command", required=True)
        for name in ("steer", "failback", "fence"):
            parsers.add_parser(name).add_argument("site", metavar="SITE")
        for name in ("check", "reset", "state"):
            parsers.add_parser(name)
        asked = parser.parse_args(argv)
        try:
            said = self._do(asked.command, read_resolved(asked.platform), getattr(asked, "site", ""))
        except SwitchdrillError as problem:
            told = [f"{Path(sys.argv[0]).name}: {problem.in_a_line()}", *([problem.now] if problem.now else [])]
            sys.stderr.write("".join(f"{line}\n" for line in told))
            return EXIT_FAIL
        sys.stdout.write(f"{said}\n")
        return EXIT_PASS

    def _do(self, command: str, platform: Platform, site: str) -> str:
        of_the_whole = {"check": self.check, "reset": self.reset, "state": self.state}
        if command in of_the_whole:
            return of_the_whole[command](platform)
        serving = [name for name, each in platform.sites.items() if each.role != "witness"]
        if site not in serving:
            raise CommandFailed(
                _("there is no site {site!r}; there are {known}").format(site=site, known=", ".join(serving))
            )
        return {"steer": self.steer, "failback": self.failback, "fence": self.fence}[command](platform, site)
