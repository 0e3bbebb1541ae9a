"""A link whose packets vanish: connects time out, live connections fall silent."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links.packet_fault import PacketFault
from switchdrill_faults.packets.rule import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkBlackhole(PacketFault):
    """Every packet of these links is dropped, in both directions."""

    kind: ClassVar[str] = "link-blackhole"
    legend: ClassVar[Legend] = Legend(
        name=marked("Link blackhole"),
        looks_like=marked("connects over the link time out, live connections fall silent"),
    )

    def rule(self) -> Flow:
        return Flow(act="drop", to=[])
