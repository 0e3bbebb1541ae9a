"""What is done to which questions, as data: the same for our relay and for dnsdist."""

from typing import Literal

import dns.name
import dns.rcode
import dns.rdatatype
from pydantic import BaseModel, ConfigDict

ANY = "*"
Transport = Literal["*", "udp", "tcp"]
EVERY: Transport = "*"
Act = Literal["delay", "silence", "error", "answer", "truncate"]


class Rule(BaseModel):
    """One rule of a front. Whichever questions it means are delayed, or get this instead of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    resolver: str
    """Whose front it lies at: an operator's name, or `authority`."""
    name: str = ANY
    """This name, and with `is_below` what is below it; `*`: every name."""
    is_below: bool = True
    type: str = ANY
    transport: Transport = EVERY
    act: Act
    delay_ms: int = 0
    jitter_ms: int = 0
    """The delay is anything from `delay_ms - jitter_ms` to `delay_ms + jitter_ms`."""
    rcode: int = 0
    addresses: list[str] = []
    ttl_s: int = 0
    probability: float = 1.0
    seed: int = 0
    """The same seed: the same choices, question by question."""

    def means(self, name: dns.name.Name, kind: dns.rdatatype.RdataType, transport: str) -> bool:
        """Whether a question is one of those; the chance that `probability` leaves it is drawn elsewhere."""
        if self.transport not in (ANY, transport):
            return False
        if self.type != ANY and dns.rdatatype.from_text(self.type) != kind:
            return False
        if self.name == ANY:
            return True
        own = dns.name.from_text(self.name)
        return name == own or (self.is_below and name.is_subdomain(own))

    def says(self) -> str:
        """For people: `delays 200 ms`."""
        return {
            "delay": f"delays {self.delay_ms} ms" + (f" +- {self.jitter_ms} ms" if self.jitter_ms else ""),
            "silence": "drops",
            "error": f"answers {dns.rcode.to_text(dns.rcode.Rcode(self.rcode))}",
            "answer": f"answers {', '.join(self.addresses) or 'as before'}",
            "truncate": "cuts answers short",
        }[self.act]
