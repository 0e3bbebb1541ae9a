"""A link that corrupts packets: checksums find it, so that it looks like loss; what has none carries wrong data."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links.packet_fault import ShareFault
from switchdrill_faults.links.share import written
from switchdrill_faults.packets import netem
from switchdrill_faults.packets.rule import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketCorruption(ShareFault):
    """One bit is turned over in a share of the packets of these links. Needs netem."""

    kind: ClassVar[str] = "packet-corruption"
    needs: ClassVar[str] = marked("netem in this kernel (sch_netem, ifb, cls_u32, act_mirred), and iproute2")
    legend: ClassVar[Legend] = Legend(
        name=marked("Packets corrupted"),
        looks_like=marked("data over the link comes later and slower; datagrams are missing"),
        pattern="dots",
    )

    def rule(self) -> Flow:
        share = self.share_ppb()
        return Flow(act="shape", to=[], direction=self.direction, share_ppb=share, shape=["corrupt", written(share)])

    @staticmethod
    def on_this_machine() -> str:
        return netem.on_this_machine()
