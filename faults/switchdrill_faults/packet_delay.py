"""A link on which datagrams come late: picture and sound over SRT or RTP, answers of DNS."""

from dataclasses import dataclass, field
from typing import ClassVar, get_args

from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.links.packet_fault import PacketFault
from switchdrill_faults.links.quantity import wait_ns
from switchdrill_faults.packets import netem
from switchdrill_faults.packets.rule import Direction, Flow
from switchdrill_faults.parameter import refuse_unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketDelay(PacketFault):
    """Datagrams of these links come `delay` later, each way that is asked; connections are as before. Needs netem.

    `jitter`: more or less by up to so much, for each datagram; then some overtake others.
    """

    kind: ClassVar[str] = "packet-delay"
    needs: ClassVar[str] = marked("netem in this kernel (sch_netem, ifb, cls_u32, act_mirred), and iproute2")
    legend: ClassVar[Legend] = Legend(
        name=marked("Datagrams late"),
        looks_like=marked("datagrams come late; connections are as before"),
        pattern="dots",
    )

    delay: str = field(metadata={EXAMPLE: "50ms"})
    """From 10us to 1m, for each direction that is asked: `50ms`."""
    jitter: str = "0ms"
    direction: Direction = field(default="both", metadata={EXAMPLE: "both"})

    def __post_init__(self) -> None:
        PacketFault.__post_init__(self)
        refuse_unknown(self, "direction", self.direction, get_args(Direction))
        delay_ns = wait_ns(self.delay, where=repr(self))
        if wait_ns(self.jitter, where=repr(self), least_us=0) > delay_ns:
            raise BadInput(_("the jitter is larger than the delay"), where=repr(self))

    def rule(self) -> Flow:
        waits_ns = [wait_ns(self.delay, where=repr(self)), wait_ns(self.jitter, where=repr(self), least_us=0)]
        shape = ["delay", *(f"{wait // 1000}us" for wait in waits_ns if wait)]
        return Flow(act="shape", to=[], direction=self.direction, shape=shape, is_datagrams_only=True)

    @staticmethod
    def on_this_machine() -> str:
        return netem.on_this_machine()
