"""Asking one DNS server for one name, the way a viewer's machine does: UDP, and TCP when the answer is cut."""

from dataclasses import dataclass
from socket import SOCK_DGRAM

import dns.asyncbackend
import dns.asyncquery
import dns.inet
import dns.message
import dns.rcode
import dns.rdatatype
from dns.rdtypes.IN.A import A

from switchdrill.probes.answer import NoAddress, Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    address: str
    ttl_s: int
    rcode: int


async def resolve(
    name: str, server: tuple[str, int], notes: Notes | None = None, *, source: str | None = None
) -> Resolution:
    """The first A record of `name`, asked once at `server`. Waits for ever: the caller has the time-out.

    `source`: the address that it is asked from.

    Raises NoAddress when there is none; OSError when nobody listens there; dns.exception.DNSException for an answer
    that is none. `notes.v1` gets the rcode as soon as it is known.
    """
    reply = await _exchange(name, server, source)
    rcode = int(reply.rcode())
    if notes is not None:
        notes.v1 = rcode
    chain = reply.resolve_chaining() if rcode == dns.rcode.NOERROR else None
    if chain is None or chain.answer is None:
        raise NoAddress(dns.rcode.to_text(reply.rcode()))
    addresses = [record.address for record in chain.answer if isinstance(record, A)]
    if not addresses:
        raise NoAddress("an empty answer")
    return Resolution(address=addresses[0], ttl_s=chain.minimum_ttl, rcode=rcode)


async def _exchange(name: str, server: tuple[str, int], source: str | None) -> dns.message.QueryMessage:
    query = dns.message.make_query(name, dns.rdatatype.A)
    host, port = server
    # A connected socket: a resolver that is gone says so (ICMP), instead of looking like a slow one.
    backend = dns.asyncbackend.get_backend("asyncio")
    socket = await backend.make_socket(  # type: ignore[no-untyped-call]
        dns.inet.af_for_address(host), SOCK_DGRAM, 0, None if source is None else (source, 0), (host, port)
    )
    try:
        reply = await dns.asyncquery.udp(query, host, port=port, sock=socket, raise_on_truncation=True)
    except dns.message.Truncated:
        reply = await dns.asyncquery.tcp(query, host, port=port, source=source)
    finally:
        await socket.close()
    if not isinstance(reply, dns.message.QueryMessage):
        raise dns.message.NotQueryResponse
    return reply
