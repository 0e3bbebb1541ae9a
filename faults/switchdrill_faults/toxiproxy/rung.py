"""One rung of the ladder: a way to come by a Toxiproxy server, and what it means that it does not work."""

import sys
from collections.abc import Callable

Say = Callable[[str], None]
"""Where a slow rung says what it is doing."""

VERSION = "2.12.0"
"""The version that the slow rungs provide, and that the project is tested with."""

OLDEST = (2, 6)
"""PATCH, which every change uses, came with 2.6.0."""


class RungFailed(Exception):
    """This way does not work here; the text is one line for people."""


def one_line(text: object, *, limit: int = 300) -> str:
    """Any message as one bounded line, its end kept: that is where programs say why."""
    flat = " ".join(str(text).split())
    return flat if len(flat) <= limit else "... " + flat[-limit:]


def say_on_stderr(line: str) -> None:
    """The plain progress line of somebody who waits."""
    sys.stderr.write(f"switchdrill: {line}\n")
    sys.stderr.flush()
