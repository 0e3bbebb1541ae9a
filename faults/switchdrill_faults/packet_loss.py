"""A link that loses packets: TCP sends again and slows down, datagrams are missing."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.links.packet_fault import ShareFault
from switchdrill_faults.packets.chance import turning
from switchdrill_faults.packets.rule import BILLION, Flow
from switchdrill_faults.packets.skill import lacking

_LONGEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketLoss(ShareFault):
    """A share of the packets of these links is lost, in each direction that is asked.

    `toward`: on the way to where the link listens; `back`: from there, whoever connects. `burst`: how many are lost in
    a row on average (Gilbert: the link turns bad, and good again); 1: each packet by its own lot.
    """

    kind: ClassVar[str] = "packet-loss"
    legend: ClassVar[Legend] = Legend(
        name=marked("Packet loss"),
        looks_like=marked("data over the link comes later and slower; datagrams are missing"),
        pattern="dots",
    )

    burst: int = 1

    def __post_init__(self) -> None:
        ShareFault.__post_init__(self)
        if not isinstance(self.burst, int) or isinstance(self.burst, bool) or not 1 <= self.burst <= _LONGEST:
            raise BadInput(
                _("a burst of 1 to {longest} packets is expected, not {burst!r}").format(
                    longest=_LONGEST, burst=self.burst
                ),
                where=repr(self),
            )
        if self.burst > 1 and turning(self.rule())[1] > BILLION:
            raise BadInput(
                _("so much can't be lost in bursts as short: between two of them one packet passes at least"),
                where=repr(self),
                now=_("ask for longer bursts, or for less loss"),
            )

    def rule(self) -> Flow:
        return Flow(act="lose", to=[], direction=self.direction, share_ppb=self.share_ppb(), burst=self.burst)

    @staticmethod
    def on_this_machine() -> str:
        return lacking("share")
