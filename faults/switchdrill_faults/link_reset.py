"""A link whose connections are reset as soon as anything is said over them."""

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
class LinkReset(ProxyFault):
    """Connections over these links are reset at both ends, when the first data passes.

    One that was there before is closed in good order instead: Toxiproxy decides when it is accepted.
    """

    kind: ClassVar[str] = "link-reset"
    toxic_type: ClassVar[str] = "reset_peer"
    is_for_steady: ClassVar[bool] = True
    legend: ClassVar[Legend] = Legend(
        name=marked("Link resets"),
        looks_like=marked("it connects, and is reset at the first word; connections of before are closed"),
    )

    def attributes(self) -> dict[str, dict[str, int]]:
        return {"upstream": {"timeout": 0}, "downstream": {"timeout": 0}}

    def shown(self, endpoint: str, before: Baseline) -> Counted:
        now = knock.again(endpoint, before, within_s=_WITHIN_S)
        return Counted(ok=now.how == "reset", said=f"{before.greeting.name}: answered before, now {now.how}")
