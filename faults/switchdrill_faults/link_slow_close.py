"""A link over which the end of a connection is heard of late."""

from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.fault import EXAMPLE, Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links import knock
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.links.proxy_fault import OWN_OUTAGE_S, ProxyFault
from switchdrill_faults.links.quantity import milliseconds

_BUSY_MS = 500
_SLACK_S = 2.0
_LONGEST_MS = 10_000
"""What can be waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSlowClose(ProxyFault):
    """Each end of a connection over these links hears `delay` later that the other one has closed it."""

    kind: ClassVar[str] = "link-slow-close"
    toxic_type: ClassVar[str] = "slow_close"
    legend: ClassVar[Legend] = Legend(
        name=marked("Link closes slowly"),
        looks_like=marked(
            "connections end later than they were closed; unless its clients are steady, they are cut for a moment when"
            " it begins and when it ends"
        ),
        pattern="dots",
        own_outage_s=OWN_OUTAGE_S,
    )

    delay: str = field(metadata={EXAMPLE: "2s"})
    """On each way: `500ms`; whole milliseconds, up to an hour, of which five seconds can be proven."""

    def __post_init__(self) -> None:
        ProxyFault.__post_init__(self)
        self._delay_ms()

    def attributes(self) -> dict[str, dict[str, int]]:
        return {"upstream": {"delay": self._delay_ms()}, "downstream": {"delay": self._delay_ms()}}

    def shown(self, endpoint: str, before: Baseline) -> Counted:  # noqa: ARG002  # no greeting is needed
        """Closed from here, it is late on the way there, and the other side's end is late on the way back."""
        asked = 2 * self._delay_ms()
        if asked > _LONGEST_MS:
            return Counted(ok=False, said=f"{self.delay} there and back are too long to be waited for")
        now_ms = knock.closed_ms(endpoint, within_s=asked / 1000 + _SLACK_S)
        if now_ms is None:
            return Counted(ok=False, said="a connection that was closed from here did not end")
        said = f"a connection that was closed from here ended after {now_ms:.0f} ms, asked for {asked} there and back"
        return Counted(ok=asked <= now_ms <= asked + _BUSY_MS + asked / 2, said=said)

    def where(self) -> str:
        return f"LinkSlowClose(link={self.link!r}, delay={self.delay!r})"

    def _delay_ms(self) -> int:
        return milliseconds(self.delay, where=self.where())
