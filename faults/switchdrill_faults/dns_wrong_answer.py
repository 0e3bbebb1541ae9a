"""DNS that leads to the wrong place."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.names import meant
from switchdrill_faults.names.asked import Seen
from switchdrill_faults.names.fault import NameFault
from switchdrill_faults.names.rule import ANY, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsWrongAnswer(NameFault):
    """Every name is said to be at `address`. Whoever was told so keeps it for `ttl`, after healing, too."""

    kind: ClassVar[str] = "dns-wrong-answer"
    legend: ClassVar[Legend] = Legend(
        name=marked("Wrong DNS answer"),
        looks_like=marked("names lead to an address that is not the platform's; who was told so keeps it for its TTL"),
    )

    address: str = field(metadata={EXAMPLE: "192.0.2.1"})
    ttl: str = "2s"

    def __post_init__(self) -> None:
        NameFault.__post_init__(self)
        meant.seconds(self.ttl, key="ttl", fault=self)
        try:
            ipaddress.ip_address(self.address)
        except ValueError as problem:
            raise BadInput(
                _("DnsWrongAnswer: address must be an address, not {value!r}").format(value=self.address)
            ) from problem
        if self.type not in (ANY, self.asked_type()):
            raise BadInput(
                _("DnsWrongAnswer: {address} answers questions of type {known}, not {type}").format(
                    address=self.address, known=self.asked_type(), type=self.type
                )
            )

    def rules(self, plain: Rule, platform: Platform) -> list[Rule]:  # noqa: ARG002  # the base's
        ttl_s = meant.seconds(self.ttl, key="ttl", fault=self)
        told = {"act": "answer", "type": self.asked_type(), "addresses": [self.address], "ttl_s": ttl_s}
        return [plain.model_copy(update=told)]

    def shows(self, seen: Seen, laid: Sequence[Rule]) -> bool:  # noqa: ARG002  # the base's
        return seen.addresses == [str(ipaddress.ip_address(self.address))]

    def asked_type(self) -> str:
        """Only who asks for such an address is told this one."""
        return "AAAA" if ipaddress.ip_address(self.address).version == 6 else "A"
