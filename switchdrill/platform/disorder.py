"""What a platform can put in disorder by its own commands, so that a drill can ask for it without knowing how."""

from typing import Literal, Self

from pydantic import Field, model_validator

from switchdrill.duration import PositiveDuration
from switchdrill.naming import Line, Name, Prose
from switchdrill.platform.service import MARKS, refuse_unknown_marks
from switchdrill.yamlfile import Misplaced, Strict

Known = Literal[
    "stream-metadata",
    "playlist-frozen",
    "encoder-parameters",
    "dependency-misplaced",
    "capacity",
    "write-guard",
    "failed-checks",
]
"""The names that faults ask for. What each means to a platform: docs/platforms.md."""


class Disorder(Strict):
    """One disorder: made, taken back, and looked at, each by a command that ends."""

    sites: list[Name] = []
    """Where it can be made; none: it is of the platform as a whole, and no argv has `{site}`."""
    what: list[Line] = []
    """What may be asked for; none: anything, and the command refuses what it can't do."""
    break_: list[Prose] = Field(alias="break", min_length=1)
    """argv that makes it. Marks as for services, and `{site}`, `{what}`."""
    heal: list[Prose] = Field(min_length=1)
    """argv that takes it back; fine to play twice."""
    look: list[Prose] = Field(min_length=1)
    """argv that says how it is: exit code 0 in disorder, 1 as it was, anything else not known."""
    within: PositiveDuration = 10_000_000_000
    """How long each of them may take, and how long after healing until `look` says that it is as it was."""

    @model_validator(mode="after")
    def _known_marks(self) -> Self:
        known = (*MARKS, *(("site",) if self.sites else ()), "what")
        for name, argv in (("break", self.break_), ("heal", self.heal), ("look", self.look)):
            for part in argv:
                try:
                    refuse_unknown_marks(part, known)
                except ValueError as problem:
                    raise Misplaced(str(problem), name) from problem
        return self

    def argvs(self) -> dict[str, list[str]]:
        """Its three commands, by the keys that they stand under."""
        return {"break": self.break_, "heal": self.heal, "look": self.look}
