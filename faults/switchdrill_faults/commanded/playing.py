"""One command of the platform's, played from an undo: bounded, wherever it is played, and understood."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from switchdrill.clock import NS_PER_MS
from switchdrill.machine.command import run
from switchdrill.text import _
from switchdrill.undo import Undo

AS_IT_WAS = 1
"""The exit code of `look` that says so; 0: in disorder; anything else: not known."""
MS_PER_S = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How it ended."""

    code: int | None
    """None: it could not be started, or its time passed and it was killed."""
    said: str


def play(undo: Undo, command: Literal["break", "heal", "look"]) -> Played:
    """Play it to its end, at most as long as the platform's file says, in the platform's folder if it has one."""
    cwd = Path(str(undo.facts["cwd"]))
    limit = limit_s(undo)
    try:
        ran = run(undo.words(command), limit_s=limit, cwd=cwd if cwd.is_dir() else Path(cwd.anchor or "/"))
    except OSError as problem:
        return Played(code=None, said=str(problem))
    if ran.code is None:
        return Played(code=None, said=_("not done within {limit:g} s").format(limit=limit))
    return Played(code=ran.code, said=ran.last_words or _("ended with {code}").format(code=ran.code))


def by_hand(undo: Undo, command: Literal["break", "heal", "look"]) -> str:
    """As a person types it."""
    return shlex.join(undo.words(command))


def limit_s(undo: Undo) -> float:
    return int(str(undo.facts["within_ms"])) / MS_PER_S


def in_ms(duration_ns: int) -> int:
    """For an undo's facts."""
    return max(1, duration_ns // NS_PER_MS)
