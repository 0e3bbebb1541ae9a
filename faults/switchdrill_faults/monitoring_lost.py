"""A monitor that is blind while everybody else is well served."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.composed.purpose import PurposeFault


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringLost(PurposeFault):
    """Health checks of `site` do not come through: its links that carry them are cut, and those of viewers are whole.

    Rehearses the switch that nobody needed: "monitoring-path loss only must not switch" (row 63), and the detector that
    must survive (row 66). A platform with one way of looking switches all the same: that is the finding.
    """

    kind: ClassVar[str] = "monitoring-lost"
    carries: ClassVar[Literal["health"]] = "health"
    legend: ClassVar[Legend] = Legend(
        name=marked("Monitoring path lost"),
        looks_like=marked("nothing, until viewers are sent away from a site that served them well"),
        pattern="dots",
    )
