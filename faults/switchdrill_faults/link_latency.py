"""A link that is far: every question over it is answered later."""

from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE, Counted
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.links import knock
from switchdrill_faults.links.direction import Direction, streams
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.links.proxy_fault import OWN_OUTAGE_S, ProxyFault
from switchdrill_faults.links.quantity import milliseconds

_TIMES = ((20, 7), (500, 3))
"""Up to so many milliseconds it is asked so often, else once: a drill waits meanwhile."""
_LONGEST_MS = 10_000
"""What can be waited for."""
_SLACK_S = 1.0
_BUSY_MS = 20
"""What a busy machine adds to an answer by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLatency(ProxyFault):
    """A round trip over these links takes `latency` longer, as `ping` would tell it.

    `both`: half of it is waited on each way. `toward`, `back`: all of it on that way. `jitter`: more or less by up to
    so much, for each piece of data. A new connection is accepted without delay; what is said over it is late.
    """

    kind: ClassVar[str] = "link-latency"
    toxic_type: ClassVar[str] = "latency"
    legend: ClassVar[Legend] = Legend(
        name=marked("Slow link"),
        looks_like=marked(
            "answers over the link come later; unless its clients are steady, its connections are cut for a moment when"
            " it begins and when it ends"
        ),
        pattern="dots",
        own_outage_s=OWN_OUTAGE_S,
    )

    latency: str = field(metadata={EXAMPLE: "50ms"})
    """Of a round trip: `50ms`; whole milliseconds, up to an hour, of which ten seconds can be proven."""
    jitter: str = "0ms"
    direction: Direction = "both"

    def __post_init__(self) -> None:
        ProxyFault.__post_init__(self)
        streams(self.direction, where=self.where())
        if self._jitter_ms() > self._latency_ms():
            raise BadInput(_("the jitter is larger than the latency"), where=self.where())

    def attributes(self) -> dict[str, dict[str, int]]:
        latency, jitter = self._latency_ms(), self._jitter_ms()
        on = streams(self.direction, where=self.where())
        if len(on) == 1:
            return {on[0]: {"latency": latency, "jitter": jitter}}
        halves = {
            "upstream": {"latency": latency // 2, "jitter": jitter // 2},
            "downstream": {"latency": latency - latency // 2, "jitter": jitter - jitter // 2},
        }
        return {stream: half for stream, half in halves.items() if half["latency"]}

    def shown(self, endpoint: str, before: Baseline) -> Counted:
        """How much later the fastest of some answers is: what is late by chance only is left out."""
        asked, jitter = self._latency_ms(), self._jitter_ms()
        if asked + jitter > _LONGEST_MS:
            return Counted(ok=False, said=f"{self.latency} are too long to be waited for")
        times = next((times for most, times in _TIMES if asked <= most), 1)
        within_s = (before.first_ms + asked + jitter) / 1000 + _SLACK_S
        now_ms = knock.fastest_ms(endpoint, before, times=times, within_s=within_s)
        if now_ms is None:
            return Counted(ok=False, said=f"no answer within {within_s:.1f} s")
        later = now_ms - before.first_ms
        least, most = asked - jitter - max(0.3, asked / 10), asked + jitter + max(_BUSY_MS, asked / 2)
        said = f"{before.greeting.name}: answered {later:.1f} ms later than before, asked for {self.latency}"
        return Counted(ok=least <= later <= most, said=said)

    def where(self) -> str:
        return f"LinkLatency(link={self.link!r}, latency={self.latency!r}, jitter={self.jitter!r})"

    def _latency_ms(self) -> int:
        return milliseconds(self.latency, where=self.where())

    def _jitter_ms(self) -> int:
        return milliseconds(self.jitter, where=self.where(), least=0)
