"""What every process of this platform does alike: options, and an end that people understand."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import loops

from switchdrill.errors import SwitchdrillError

EXIT_STOPPED = 0


def options(says: str | None, *, reads_platform: bool = True) -> argparse.ArgumentParser:
    """A parser whose --help is the module's docstring."""
    parser = argparse.ArgumentParser(description=says, formatter_class=argparse.RawDescriptionHelpFormatter)
    if reads_platform:
        parser.add_argument("--platform", type=Path, required=True, help="the resolved platform file")
    return parser


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """Run `main` until SIGTERM or Ctrl-C; the exit code. Errors are told in the house's shape."""
    return told(lambda: loops.run(main))


def told(action: Callable[[], None]) -> int:
    """Do it; 0, or an error's own exit code after printing it."""
    try:
        action()
    except SwitchdrillError as problem:
        sys.stderr.write(f"{Path(sys.argv[0]).name}: {problem}\n")
        return problem.exit_code
    return EXIT_STOPPED
