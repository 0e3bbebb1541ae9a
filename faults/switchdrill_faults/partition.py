"""Two groups that do not hear one another, while others hear both; or one that is heard no more, and hears."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from switchdrill.fault import EXAMPLE
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.links import hold
from switchdrill_faults.links.between import links_between, way_from
from switchdrill_faults.links.packet_fault import PacketRules
from switchdrill_faults.packets.rule import Flow
from switchdrill_faults.parameter import refuse_empty, refuse_unknown

Ways = Literal["both", "one_way"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition(PacketRules):
    """Every packet between `one` and `other` is dropped; `one_way`: only those that `one` has sent.

    It is the set of the links between them, each where it listens; what is no link of the platform's file is not
    touched.
    """

    kind: ClassVar[str] = "partition"
    legend: ClassVar[Legend] = Legend(
        name=marked("Partition"),
        looks_like=marked("two parts of the platform do not hear one another; viewers reach both"),
    )

    one: str = field(metadata={EXAMPLE: "primary"})
    """A site, by role or name; or services and whoever else stands at the end of a link: `primary.api`, `gslb`, `*`."""
    other: str = field(metadata={EXAMPLE: "standby"})
    direction: Ways = "both"

    def __post_init__(self) -> None:
        refuse_empty(self, one=self.one, other=self.other)
        refuse_unknown(self, "direction", self.direction, get_args(Ways))

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for each link between them. Refused when there is none, or one of them can't be cut so."""
        undos: list[Undo] = []
        for link, sender in links_between(self.one, self.other, platform, where=repr(self)):
            sent = way_from(sender, link, platform, where=repr(self)) if self.direction == "one_way" else "both"
            asked, table = Flow(act="drop", to=[], direction=sent), self.table(platform, link.name)
            undos.append(
                self.undo(f"link {link.name}", hold.laid(link, platform, asked, where=repr(self), table=table))
            )
        return undos
