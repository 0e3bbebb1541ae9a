"""A link on which packets come twice: datagrams are doubled, TCP notices and goes on."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links.packet_fault import ShareFault
from switchdrill_faults.packets.rule import Flow
from switchdrill_faults.packets.skill import lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketDuplication(ShareFault):
    """A share of the packets of these links comes twice, in each direction that is asked."""

    kind: ClassVar[str] = "packet-duplication"
    legend: ClassVar[Legend] = Legend(
        name=marked("Packets doubled"),
        looks_like=marked("datagrams come twice; connections go on"),
        pattern="dots",
    )

    def rule(self) -> Flow:
        return Flow(act="duplicate", to=[], direction=self.direction, share_ppb=self.share_ppb())

    @staticmethod
    def on_this_machine() -> str:
        return lacking("share", "copies")
