"""DNS that answers with an error."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import dns.rcode

from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.names.asked import Seen
from switchdrill_faults.names.fault import NameFault
from switchdrill_faults.names.rule import Rule

_CODES = {"servfail": dns.rcode.SERVFAIL, "nxdomain": dns.rcode.NXDOMAIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsError(NameFault):
    """`servfail`: whoever is asked could not find out. `nxdomain`: it says that there is no such name."""

    kind: ClassVar[str] = "dns-error"
    legend: ClassVar[Legend] = Legend(
        name=marked("DNS error"),
        looks_like=marked(
            "names are answered with an error: could not be found out (SERVFAIL), or no such name (NXDOMAIN)"
        ),
    )

    rcode: Literal["servfail", "nxdomain"]

    def __post_init__(self) -> None:
        NameFault.__post_init__(self)
        if self.rcode not in _CODES:
            raise BadInput(
                _("DnsError: rcode is one of {known}, not {value!r}").format(known=", ".join(_CODES), value=self.rcode)
            )

    def rules(self, plain: Rule, platform: Platform) -> list[Rule]:  # noqa: ARG002  # the base's
        return [plain.model_copy(update={"act": "error", "rcode": int(_CODES[self.rcode])})]

    def shows(self, seen: Seen, laid: Sequence[Rule]) -> bool:  # noqa: ARG002  # the base's
        return seen.rcode == int(_CODES[self.rcode])
