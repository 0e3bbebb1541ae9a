"""DNS that does not answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.names.asked import Seen
from switchdrill_faults.names.fault import NameFault
from switchdrill_faults.names.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSilence(NameFault):
    """Questions are dropped: nobody hears that it did not work."""

    kind: ClassVar[str] = "dns-silence"
    legend: ClassVar[Legend] = Legend(
        name=marked("DNS silence"),
        looks_like=marked("names are asked for, and nobody answers"),
    )

    def rules(self, plain: Rule, platform: Platform) -> list[Rule]:  # noqa: ARG002  # the base's
        return [plain.model_copy(update={"act": "silence"})]

    def shows(self, seen: Seen, laid: Sequence[Rule]) -> bool:  # noqa: ARG002  # the base's
        return seen.rcode is None
