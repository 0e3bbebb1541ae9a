"""DNS whose answers are cut short over UDP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.names.asked import Seen
from switchdrill_faults.names.fault import NameFault
from switchdrill_faults.names.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsTruncated(NameFault):
    """Over UDP every answer is empty and says that it was cut short: who wants it asks again over TCP, or fails."""

    kind: ClassVar[str] = "dns-truncated"
    legend: ClassVar[Legend] = Legend(
        name=marked("DNS answers cut short"),
        looks_like=marked("over UDP answers are empty and cut short; over TCP they are whole"),
        pattern="dots",
    )

    def __post_init__(self) -> None:
        NameFault.__post_init__(self)
        if self.transport == "tcp":
            raise BadInput(_("DnsTruncated: answers are cut short over UDP only"))

    def rules(self, plain: Rule, platform: Platform) -> list[Rule]:  # noqa: ARG002  # the base's
        return [plain.model_copy(update={"act": "truncate", "transport": "udp"})]

    def shows(self, seen: Seen, laid: Sequence[Rule]) -> bool:  # noqa: ARG002  # the base's
        """Cut short over UDP, whole over TCP, when that is asked at all."""
        return seen.rcode is not None and seen.is_truncated == (seen.transport == "udp")
