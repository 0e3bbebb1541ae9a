"""A standby that is smaller than what comes to it: idle it looks well, under load it refuses, or is late."""

import re
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.platform.disorder import Known
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.commanded.disorder import DisorderFault
from switchdrill_faults.parameter import refuse_empty

_LEFT = re.compile(r"[1-9]\d?%", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyTooSmall(DisorderFault):
    """`left` of what `site` can answer is left of it.

    Rehearses "the standby's resources were not enough" (rows 8, 11), which its health, asked while nobody is there,
    never shows: drill it under load, and switch.
    """

    kind: ClassVar[str] = "standby-too-small"
    disorder: ClassVar[Known] = "capacity"
    legend: ClassVar[Legend] = Legend(
        name=marked("Standby too small"),
        looks_like=marked("a few viewers are served as ever; of many, some are refused, or served late"),
        pattern="dots",
    )

    site: str = "standby"
    """A role, or a site's own name."""
    left: str = "5%"

    def __post_init__(self) -> None:
        refuse_empty(self, site=self.site)
        if not isinstance(self.left, str) or not _LEFT.fullmatch(self.left):
            raise BadInput(_("StandbyTooSmall: left must be 1% to 99%, not {value!r}").format(value=self.left))

    def _site(self) -> str:
        return self.site

    def _what(self) -> str:
        return self.left
