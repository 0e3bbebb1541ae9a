"""A link that refuses: connects are refused at once, live connections are reset."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links.packet_fault import PacketFault
from switchdrill_faults.packets.rule import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRefused(PacketFault):
    """Every packet of these links is answered with a reset, a datagram with `port unreachable`."""

    kind: ClassVar[str] = "link-refused"
    legend: ClassVar[Legend] = Legend(
        name=marked("Link refused"),
        looks_like=marked("connects over the link are refused at once, live connections are reset"),
    )

    def rule(self) -> Flow:
        return Flow(act="reject", to=[])
