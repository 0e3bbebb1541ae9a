"""A link whose connections end when so much has passed them."""

from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.fault import EXAMPLE, Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.links import knock
from switchdrill_faults.links.direction import Direction, streams
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.links.proxy_fault import ProxyFault
from switchdrill_faults.links.quantity import size_bytes

_POUR_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDataLimit(ProxyFault):
    """Each connection over these links is closed when `limit` has passed it, in the middle of a word."""

    kind: ClassVar[str] = "link-data-limit"
    toxic_type: ClassVar[str] = "limit_data"
    is_for_steady: ClassVar[bool] = True
    legend: ClassVar[Legend] = Legend(
        name=marked("Link with a data limit"),
        looks_like=marked("each connection is closed when so much data has passed it"),
    )

    limit: str = field(metadata={EXAMPLE: "100kB"})
    """`100kB`: of each connection, in each of the directions."""
    direction: Direction = "both"

    def __post_init__(self) -> None:
        ProxyFault.__post_init__(self)
        self.attributes()

    def attributes(self) -> dict[str, dict[str, int]]:
        limit = size_bytes(self.limit, where=self.where())
        return {stream: {"bytes": limit} for stream in streams(self.direction, where=self.where())}

    def shown(self, endpoint: str, before: Baseline) -> Counted:
        """One connection that is greeted again and again: it has to end, and not before or after the limit."""
        limit, on = size_bytes(self.limit, where=self.where()), self.attributes()
        now = knock.poured(endpoint, before, until_bytes=2 * limit + 65536, within_s=_POUR_S)
        name = before.greeting.name
        if not now.was_closed:
            return Counted(ok=False, said=f"{name}: still open after {now.sent} bytes toward and {now.got} back")
        said = f"{name}: closed after {now.sent} bytes toward and {now.got} back, asked for {limit}"
        # What was said last was on its way, and its answer was not.
        is_toward = "upstream" in on and limit <= now.sent <= limit + 2 * len(before.repeated())
        is_back = "downstream" in on and now.got == limit
        return Counted(ok=is_toward or is_back, said=said)

    def where(self) -> str:
        return f"LinkDataLimit(link={self.link!r}, limit={self.limit!r})"
