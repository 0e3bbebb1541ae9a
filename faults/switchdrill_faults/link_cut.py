"""A link that is cut: refused at once."""

from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links import knock
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.links.proxy_fault import ProxyFault

_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCut(ProxyFault):
    """Connections over these links are closed, and new ones refused."""

    kind: ClassVar[str] = "link-cut"
    legend: ClassVar[Legend] = Legend(
        name=marked("Link cut"),
        looks_like=marked("live connections are closed, new ones refused at once"),
    )

    def shown(self, endpoint: str, before: Baseline) -> Counted:
        now = knock.again(endpoint, before, within_s=_WITHIN_S)
        return Counted(ok=now.how == "refused", said=f"{before.greeting.name}: answered before, now {now.how}")
