"""Exactly so many health checks in a row that fail, to stand on both sides of the trigger's limit."""

from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE
from switchdrill.platform.disorder import Known
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.commanded.disorder import DisorderFault
from switchdrill_faults.parameter import refuse_empty

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedChecks(DisorderFault):
    """The next `count` health checks of `site` fail, no more and no fewer; viewers are served all the time.

    Rehearses "three failures in a row switch" (rows 60, 61) on either side of the limit, and the blip that must not
    switch (row 63). The platform counts them itself, where its detector asks; proven when all of them have failed.
    """

    kind: ClassVar[str] = "failed-checks"
    disorder: ClassVar[Known] = "failed-checks"
    shows_within_s: ClassVar[float] = 58.0
    legend: ClassVar[Legend] = Legend(
        name=marked("Failed health checks"),
        looks_like=marked("nothing: viewers are served; the platform's own checks of the site fail"),
        pattern="dots",
    )

    site: str
    """A role (`primary`), or a site's own name."""
    count: int = field(metadata={EXAMPLE: 1})

    def __post_init__(self) -> None:
        refuse_empty(self, site=self.site)
        if isinstance(self.count, bool) or not isinstance(self.count, int) or not 1 <= self.count <= MOST:
            raise BadInput(
                _("FailedChecks: count must be a whole number from 1 to {most}, not {value!r}").format(
                    most=MOST, value=self.count
                )
            )

    def _site(self) -> str:
        return self.site

    def _what(self) -> str:
        return str(self.count)
