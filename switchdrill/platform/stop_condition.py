"""When a drill must end at once, whatever it still wanted to see: a command of the platform's people says so."""

from pydantic import Field, field_validator

from switchdrill.duration import PositiveDuration
from switchdrill.naming import Name, Prose
from switchdrill.platform.service import MARKS, refuse_unknown_marks
from switchdrill.yamlfile import Strict


class StopCondition(Strict):
    """Looked at from before the first fault until all is healed. One that can't be read is met: nobody would know."""

    name: Name
    look: list[Prose] = Field(min_length=1)
    """argv, with marks as for services. Exit code 0: go on; anything else, or none in time: heal everything, and end;
    its last words are the reason."""
    every: PositiveDuration = 1_000_000_000
    """From the end of one look to the next."""
    within: PositiveDuration = 5_000_000_000
    """How long a look may take."""

    @field_validator("look")
    @classmethod
    def _known_marks(cls, look: list[str]) -> list[str]:
        for part in look:
            refuse_unknown_marks(part, MARKS)
        return look
