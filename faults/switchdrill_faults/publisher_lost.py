"""A publisher whose stream does not arrive any more."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.composed.purpose import PurposeFault
from switchdrill_faults.links import ends


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherLost(PurposeFault):
    """Nothing that is published arrives at `site`: its links that carry publishing are cut, packets first.

    Rehearses the pushers that are cut while everything else is well (row 89), and "the anchor's side must find the new
    push address" (row 73). Lost for every site at once: `Together`, one for each.
    """

    kind: ClassVar[str] = "publisher-lost"
    carries: ClassVar[Literal["publishing"]] = "publishing"
    legend: ClassVar[Legend] = Legend(
        name=marked("Publisher lost"),
        looks_like=marked("what was there is still served; nothing new comes, and after a while nothing at all"),
    )

    def is_meant(self, link: Link, site: str, platform: Platform) -> bool:
        """What leads to the site; what it passes on to others is theirs."""
        return site == ends.site_of(link.to, platform)
