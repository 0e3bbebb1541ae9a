"""Links that are too narrow together: what passes one of them is missing to the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.errors import Refused
from switchdrill.fault import EXAMPLE
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.links import hold
from switchdrill_faults.links.chosen import chosen
from switchdrill_faults.links.packet_fault import PacketRules
from switchdrill_faults.links.rate import bytes_per_s
from switchdrill_faults.packets.rule import Flow
from switchdrill_faults.parameter import refuse_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBandwidth(PacketRules):
    """All these links together pass `rate` each way; packets above it are dropped, whosesoever they are."""

    kind: ClassVar[str] = "shared-bandwidth"
    legend: ClassVar[Legend] = Legend(
        name=marked("Narrow links"),
        looks_like=marked("data passes the links no faster than the rate, all of them together"),
        pattern="dots",
    )

    link: str
    """A pattern whose sites may be roles: `primary.*--viewers`."""
    rate: str = field(metadata={EXAMPLE: "500kbit"})
    """For each direction, of all links together: `20mbit`."""

    def __post_init__(self) -> None:
        refuse_empty(self, link=self.link)
        bytes_per_s(self.rate, where=repr(self))

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for all links: one bucket lies in one place. Refused when they have no place in common."""
        links = chosen(self.link, platform, where=repr(self))
        asked = Flow(act="police", to=[], bytes_per_s=bytes_per_s(self.rate, where=repr(self)))
        rules = [hold.between(link, platform, asked, where=repr(self)) for link in links]
        if any(set(rule.sources) != set(rules[0].sources) for rule in rules):
            raise self._refused(_("some of them are told apart by who connects, others not by the same"))
        rule = rules[0].model_copy(update={"to": list(dict.fromkeys(to for each in rules for to in each.to))})
        laid = hold.at(rule, links[0], platform, where=repr(self), table=self.table(platform))
        if len(laid.posts) > 1:
            raise self._refused(
                _("the rule would lie in {count} containers, each with a bucket of its own").format(
                    count=len(laid.posts)
                )
            )
        names = ", ".join(link.name for link in links)
        return [self.undo(f"link {names}" if len(links) == 1 else f"links {names}", laid)]

    def _refused(self, because: str) -> Refused:
        return Refused(_("these links can't share one rate"), where=repr(self), because=because)
