"""The loss of one egress line: what takes it is cut off, what takes another line lives on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.composed.severed import SeveredFault
from switchdrill_faults.links.line import links_of
from switchdrill_faults.parameter import refuse_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressLoss(SeveredFault):
    """Every link that takes this line is cut, whichever way it leads."""

    kind: ClassVar[str] = "egress-loss"
    legend: ClassVar[Legend] = Legend(
        name=marked("Egress line loss"),
        looks_like=marked("whoever comes by this line reaches nothing; the site's other lines live on"),
    )

    line: str
    """As `line` of the platform's links names it; or links, by name or a pattern whose sites may be roles."""

    def __post_init__(self) -> None:
        SeveredFault.__post_init__(self)
        refuse_empty(self, line=self.line)

    def links(self, platform: Platform) -> Sequence[Link]:
        return links_of(self.line, platform, where=repr(self))

    def target(self, platform: Platform) -> str:  # noqa: ARG002  # the base's
        return f"line {self.line}"
