"""Data that reaches the other site late."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from switchdrill.fault import EXAMPLE, Fault
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.composed.purpose import PurposeFault
from switchdrill_faults.link_latency import LinkLatency


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationLate(PurposeFault):
    """A round trip over every link that carries replication from or to `site` takes `delay` longer.

    Rehearses "farther away is later" (rows 29, 31) and the lag of replication in the evening (rows 55, 26): what was
    acknowledged within the delay is lost with the site, unless it is waited for.
    """

    kind: ClassVar[str] = "replication-late"
    carries: ClassVar[Literal["replication"]] = "replication"
    legend: ClassVar[Legend] = Legend(
        name=marked("Replication late"),
        looks_like=marked("writes that wait for the other site take longer; the others are there alone for as long"),
        pattern="dots",
    )

    delay: str = field(metadata={EXAMPLE: "200ms"})
    """Of a round trip: `200ms`, `1s`."""

    def __post_init__(self) -> None:
        PurposeFault.__post_init__(self)
        self.ways("any")

    def ways(self, link: str) -> Sequence[Fault]:
        """BadInput when the delay is none."""
        return (LinkLatency(link=link, latency=self.delay),)
