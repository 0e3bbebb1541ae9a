"""A site that takes writes whoever was put in its place: split brain, for drills that must fail."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.platform.disorder import Known
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.commanded.disorder import DisorderFault
from switchdrill_faults.parameter import refuse_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryKeepsWriting(DisorderFault):
    """`site` goes on acknowledging writes when it is active no more, or comes back and believes that it is.

    Rehearses the two writers that rows 25, 56 and 72 imply: a drill with it must fail for split brain, or its ledger is
    blind. The platform's `fence` then fails, as it should: a lost site's way stays closed as long as this lasts.
    """

    kind: ClassVar[str] = "primary-keeps-writing"
    disorder: ClassVar[Known] = "write-guard"
    legend: ClassVar[Legend] = Legend(
        name=marked("A site that was replaced keeps writing"),
        looks_like=marked("after a switch, writes at the old site are acknowledged as well as at the new one"),
        pattern="dots",
    )

    site: str = "primary"
    """A role, or a site's own name."""

    def __post_init__(self) -> None:
        refuse_empty(self, site=self.site)

    def _site(self) -> str:
        return self.site
