"""A line that is bad, but not dead: far, unsteady, lossy, narrow, or all of that at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE, Fault
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.composed.fault import ComposedFault
from switchdrill_faults.link_bandwidth import LinkBandwidth
from switchdrill_faults.link_latency import LinkLatency
from switchdrill_faults.links.line import links_of
from switchdrill_faults.packet_loss import PacketLoss

_ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDegraded(ComposedFault):
    """On each link of the line round trips take `latency` longer, `percent` of the packets are lost each way, and no
    more than `rate` passes each way. Of these three what is not asked for stays as it is; one at least is.

    Made one after the other on each link, each proven before the next: together none could be told.
    """

    kind: ClassVar[str] = "line-degraded"
    needs: ClassVar[str] = marked(
        "of latency: a Toxiproxy; of loss: the packet path; of a rate: either; a line is `line` of its links"
    )
    legend: ClassVar[Legend] = Legend(
        name=marked("Line degraded"),
        looks_like=marked(
            "answers over the line come later and slower; unless its clients are steady, its connections are cut for a"
            " moment when it begins and when it ends"
        ),
        pattern="dots",
        own_outage_s=1.0,
    )

    line: str
    """As `line` of the platform's links names it; or links, by name or a pattern whose sites may be roles:
    `primary.*--standby.*`."""
    latency: str = field(default="", metadata={EXAMPLE: "100ms"})
    """Of a round trip: `100ms`."""
    jitter: str = "0ms"
    percent: str = ""
    """Of the packets: `0.5`."""
    rate: str = ""
    """`500kbit`; by Toxiproxy for each connection."""

    def __post_init__(self) -> None:
        for name in ("line", "latency", "jitter", "percent", "rate"):
            value = getattr(self, name)
            if not isinstance(value, str) or (name == "line" and not value):
                raise BadInput(_("LineDegraded: {name} must be text, not {value!r}").format(name=name, value=value))
        if not self._parts([_ANY]):
            raise BadInput(
                _("LineDegraded: how the line is bad is missing"), now=_("say at least one of latency, percent, rate")
            )

    def parts(self, platform: Platform) -> Sequence[Fault]:
        return self._parts([link.name for link in links_of(self.line, platform, where=repr(self))])

    def _parts(self, links: Sequence[str]) -> list[Fault]:
        """BadInput for a latency, a share or a rate that can't be right."""
        late = [LinkLatency(link=each, latency=self.latency, jitter=self.jitter) for each in links if self.latency]
        lossy = [PacketLoss(link=each, percent=self.percent) for each in links if self.percent]
        narrow = [LinkBandwidth(link=each, rate=self.rate) for each in links if self.rate]
        return [*late, *lossy, *narrow]
