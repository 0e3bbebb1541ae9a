"""A link that stands still: nothing passes it, and nothing of it is lost."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links import knock
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.links.proxy_fault import ProxyFault

_SILENT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStall(ProxyFault):
    """Nothing passes these links in either direction; connections live on, and what was sent arrives once healed."""

    kind: ClassVar[str] = "link-stall"
    toxic_type: ClassVar[str] = "bandwidth"
    is_for_steady: ClassVar[bool] = True
    legend: ClassVar[Legend] = Legend(
        name=marked("Link stalled"),
        looks_like=marked("it connects, then silence; what was sent arrives when it is healed"),
    )

    def attributes(self) -> dict[str, dict[str, int]]:
        """A rate of 0 holds data back; a toxic of type timeout would throw it away."""
        return {"upstream": {"rate": 0}, "downstream": {"rate": 0}}

    def shown(self, endpoint: str, before: Baseline) -> Counted:
        within_s = _SILENT_S + 3 * before.first_ms / 1000
        now = knock.again(endpoint, before, within_s=within_s)
        said = f"{before.greeting.name}: answered after {before.first_ms:.1f} ms before, now {now.how}"
        return Counted(ok=now.how == "silent", said=f"{said} for {within_s:.1f} s")
