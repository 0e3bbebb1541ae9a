"""One question of our own at a front, and what came back: how a fault of DNS is proven."""

from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

from switchdrill.clock import NS_PER_MS, now_ns
from switchdrill.platform.address import split_endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a client saw."""

    transport: str
    took_ms: float
    rcode: int | None = None
    """None: no answer."""
    addresses: list[str] = field(default_factory=list)
    ttl_s: int = 0
    is_truncated: bool = False
    trouble: str = ""

    def says(self) -> str:
        """`udp: 192.0.2.1 in 3 ms`."""
        if self.rcode is None:
            return f"{self.transport}: no answer in {self.took_ms:.0f} ms"
        what = ", ".join(self.addresses) or dns.rcode.to_text(dns.rcode.Rcode(self.rcode))
        cut = " (cut short)" if self.is_truncated else ""
        return f"{self.transport}: {what}{cut} in {self.took_ms:.0f} ms"


def ask(at: str, name: str, kind: str, transport: str, *, within_s: float) -> Seen:
    """Over `udp` or `tcp`, once: a client that asks again would hide what is to be seen."""
    query = dns.message.make_query(name, kind)
    host, port = split_endpoint(at)
    begun = now_ns()
    try:
        if transport == "udp":
            response = dns.query.udp(query, host, port=port, timeout=within_s, ignore_unexpected=True)
        else:
            response = dns.query.tcp(query, host, port=port, timeout=within_s)
    except (dns.exception.DNSException, OSError, EOFError) as problem:
        return Seen(transport=transport, took_ms=(now_ns() - begun) / NS_PER_MS, trouble=str(problem))
    found = [rrset for rrset in response.answer if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)]
    return Seen(
        transport=transport,
        took_ms=(now_ns() - begun) / NS_PER_MS,
        rcode=int(response.rcode()),
        addresses=sorted(record.to_text() for rrset in found for record in rrset),
        ttl_s=min((rrset.ttl for rrset in found), default=0),
        is_truncated=bool(response.flags & dns.flags.TC),
    )
