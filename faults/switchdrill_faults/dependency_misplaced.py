"""A site that depends on the other one: well as long as that one lives, and no longer."""

from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.fault import EXAMPLE
from switchdrill.platform.disorder import Known
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.commanded.disorder import DisorderFault
from switchdrill_faults.parameter import refuse_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyMisplaced(DisorderFault):
    """A dependency of `site` points at the other site's, so that it is lost with that one.

    Rehearses "the services that it depends on were not configured at the standby" (row 12), which nobody sees before
    the real switch (row 110).
    """

    kind: ClassVar[str] = "dependency-misplaced"
    disorder: ClassVar[Known] = "dependency-misplaced"
    legend: ClassVar[Legend] = Legend(
        name=marked("Dependency at the wrong site"),
        looks_like=marked("nothing, until the other site is lost; then what needs the dependency fails here, too"),
        pattern="dots",
    )

    site: str = "standby"
    """A role, or a site's own name."""
    dependency: str = field(metadata={EXAMPLE: "database"})
    """Which one, as the platform's file names it: `database`, `rooms`."""

    def __post_init__(self) -> None:
        refuse_empty(self, site=self.site, dependency=self.dependency)

    def _site(self) -> str:
        return self.site

    def _what(self) -> str:
        return self.dependency
