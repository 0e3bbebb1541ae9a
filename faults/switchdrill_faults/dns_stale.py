"""DNS that goes on answering what was true when the fault began."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import BadInput, CouldNotStart, Refused
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.names import meant
from switchdrill_faults.names.asked import Seen, ask
from switchdrill_faults.names.fault import NameFault
from switchdrill_faults.names.hold import Hold
from switchdrill_faults.names.rule import ANY, Rule

_TYPES = ("A", "AAAA")
_PATIENCE_S = 2.0
"""For what must be known before it begins: a resolver may have to ask, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsStale(NameFault):
    """The platform's entries stay where they were when it began, whatever their TTL was: an operator whose cache never
    runs out. Each answer says `ttl`, as if it were fresh.
    """

    kind: ClassVar[str] = "dns-stale"
    legend: ClassVar[Legend] = Legend(
        name=marked("Stale DNS"),
        looks_like=marked("names are answered as they were when it began, beyond their TTL"),
    )

    ttl: str = "2s"

    def __post_init__(self) -> None:
        NameFault.__post_init__(self)
        meant.seconds(self.ttl, key="ttl", fault=self)
        if self.type not in (ANY, *_TYPES):
            raise BadInput(
                _("DnsStale: type is one of {known}, not {value!r}").format(
                    known=", ".join((ANY, *_TYPES)), value=self.type
                )
            )

    def rules(self, plain: Rule, platform: Platform) -> list[Rule]:
        """One for each entry's name and type; where they lead is asked when it begins."""
        names = meant.names_of(self.name, platform)
        if not names:
            raise Refused(
                _("no entry of this platform has such a name"),
                where=repr(self),
                because=_("there are {known}").format(known=", ".join(meant.names_of(ANY, platform)) or "-"),
            )
        ttl_s = meant.seconds(self.ttl, key="ttl", fault=self)
        return [
            plain.model_copy(
                update={
                    "id": f"{plain.id}-{number}-{kind.lower()}",
                    "act": "answer", "name": name, "is_below": False, "type": kind, "ttl_s": ttl_s,
                }
            )
            for number, name in enumerate(names)
            for kind in (_TYPES if self.type == ANY else (self.type,))
        ]  # fmt: skip

    def prepared(self, hold: Hold, rules: list[Rule]) -> list[Rule]:
        """Those whose names lead somewhere now. CouldNotStart when none does."""
        found = [
            rule.model_copy(update={"addresses": seen.addresses})
            for rule in rules
            for seen in [ask(hold.at, rule.name, rule.type, "udp", within_s=_PATIENCE_S)]
            if seen.addresses
        ]
        if not found:
            raise CouldNotStart(
                _("no name is answered now, so none can be kept as it is"),
                where=f"{hold.at}, {', '.join(rule.name for rule in rules)}",
            )
        return found

    def shows(self, seen: Seen, laid: Sequence[Rule]) -> bool:
        """As it was, with a TTL that does not run out."""
        return any(seen.addresses == rule.addresses and seen.ttl_s == rule.ttl_s for rule in laid)
