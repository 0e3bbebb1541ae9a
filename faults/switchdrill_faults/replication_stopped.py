"""Data that does not reach the other site any more, while both are well."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.composed.purpose import PurposeFault


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationStopped(PurposeFault):
    """Every link that carries replication from or to `site` is cut: by packets if possible, else by Toxiproxy.

    Rehearses "the primary is dead and the data layer was not in step" (rows 23, 25), and catching up after a cut
    (row 82). Whoever waits for the other site's word waits until the platform declares it down.
    """

    kind: ClassVar[str] = "replication-stopped"
    carries: ClassVar[Literal["replication"]] = "replication"
    legend: ClassVar[Legend] = Legend(
        name=marked("Replication stopped"),
        looks_like=marked("video is as before; writes wait, or are acknowledged and are at one site only"),
        pattern="dots",
    )
