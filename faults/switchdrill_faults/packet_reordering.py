"""A link on which packets overtake one another: datagrams come in another order, TCP takes some for lost."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links.packet_fault import ShareFault
from switchdrill_faults.links.quantity import wait_ns
from switchdrill_faults.links.share import written
from switchdrill_faults.packets import netem
from switchdrill_faults.packets.rule import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketReordering(ShareFault):
    """All packets of these links come `by` later, but for a share that overtakes them. Needs netem."""

    kind: ClassVar[str] = "packet-reordering"
    needs: ClassVar[str] = marked("netem in this kernel (sch_netem, ifb, cls_u32, act_mirred), and iproute2")
    legend: ClassVar[Legend] = Legend(
        name=marked("Packets reordered"),
        looks_like=marked("datagrams come late and in another order; connections are slower"),
        pattern="dots",
    )

    by: str = "10ms"

    def __post_init__(self) -> None:
        ShareFault.__post_init__(self)
        wait_ns(self.by, where=repr(self))

    def rule(self) -> Flow:
        share = self.share_ppb()
        microseconds = wait_ns(self.by, where=repr(self)) // 1000
        shape = ["delay", f"{microseconds}us", "reorder", written(share)]
        return Flow(act="shape", to=[], direction=self.direction, share_ppb=share, shape=shape)

    @staticmethod
    def on_this_machine() -> str:
        return netem.on_this_machine()
