"""One operator's resolver: asks the GSLB, keeps the answer for its TTL, and gives it with the TTL that is left.

--longest-ttl 6s: an operator that stretches: it keeps, and gives, an answer for at least that long, whatever it says.
"""

import asyncio
import logging
import sys
from collections import OrderedDict
from dataclasses import dataclass

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns_server import dns_server
from program import options, run
from wiring import Place

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.duration import parse_ns, written
from switchdrill.platform.address import split_endpoint

UPSTREAM_TRIES = 2
UPSTREAM_TRY_S = 0.4
"""Two tries end before an impatient client gives up at one second."""
ROUNDING_NS = 50_000_000
CACHE_SIZE = 1000
MAX_ASKING = 200

Key = tuple[dns.name.Name, dns.rdatatype.RdataType, dns.rdataclass.RdataClass]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer, and until when it is given."""

    rcode: dns.rcode.Rcode
    answer: list[dns.rrset.RRset]
    authority: list[dns.rrset.RRset]
    until_ns: int


class Resolver:
    """A caching forwarder. Never serves what is out of date."""

    def __init__(self, upstream: Place, stretch_ns: int) -> None:
        self._upstream = upstream
        self._stretch_ns = stretch_ns
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._asking: dict[Key, asyncio.Task[Kept | None]] = {}
        self._log = logging.getLogger("resolver")
        self._trouble = False

    async def answer(self, query: dns.message.Message) -> dns.message.Message:
        """From the cache, else from the GSLB; SERVFAIL when it does not answer."""
        question = query.question[0]
        key = (question.name, question.rdtype, question.rdclass)
        kept = self._kept.get(key)
        if kept is None or kept.until_ns <= now_ns():
            kept = await self._ask_once(key)
        response = dns.message.make_response(query, recursion_available=True)
        if kept is None:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response
        response.set_rcode(kept.rcode)
        # Rounded down, so that nobody downstream keeps it beyond its time; a fresh one still shows its whole TTL.
        left_s = max(0, kept.until_ns - now_ns() + ROUNDING_NS) // NS_PER_S
        response.answer.extend(_with_ttl(kept.answer, left_s))
        response.authority.extend(_with_ttl(kept.authority, left_s))
        return response

    async def _ask_once(self, key: Key) -> Kept | None:
        """All who ask for the same at the same time wait for one question."""
        asking = self._asking.get(key)
        if asking is None:
            if len(self._asking) >= MAX_ASKING:
                return None
            asking = self._asking[key] = asyncio.create_task(self._ask(key))
            asking.add_done_callback(lambda _task: self._asking.pop(key, None))
        return await asyncio.shield(asking)

    async def _ask(self, key: Key) -> Kept | None:
        name, kind, network = key
        query = dns.message.make_query(name, kind, network)
        query.flags &= ~dns.flags.RD
        response = await self._upstream_answer(query)
        if response is None or response.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN, dns.rcode.REFUSED):
            self._kept.pop(key, None)
            return None
        ttl_s = min((rrset.ttl for rrset in (*response.answer, *response.authority)), default=0)
        keep_ns = max(ttl_s * NS_PER_S, self._stretch_ns if response.answer else 0)
        kept = Kept(
            rcode=response.rcode(),
            answer=response.answer,
            authority=response.authority,
            until_ns=now_ns() + keep_ns,
        )
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > CACHE_SIZE:
            self._kept.popitem(last=False)
        return kept

    async def _upstream_answer(self, query: dns.message.Message) -> dns.message.Message | None:
        """Over UDP, twice; over TCP when the answer was cut short."""
        host, port = self._upstream
        problem: Exception | None = None
        for _ in range(UPSTREAM_TRIES):
            try:
                response, _over_tcp = await dns.asyncquery.udp_with_fallback(
                    query, host, timeout=UPSTREAM_TRY_S, port=port, ignore_unexpected=True, ignore_errors=True
                )
            except (dns.exception.DNSException, OSError, EOFError) as raised:
                problem = raised
            else:
                self._tell(None)
                return response
        self._tell(problem)
        return None

    def _tell(self, problem: Exception | None) -> None:
        """Log a change, not every repetition."""
        if (problem is not None) != self._trouble:
            self._trouble = problem is not None
            self._log.warning("%s", f"the GSLB does not answer: {problem}" if problem else "the GSLB answers")


def _with_ttl(rrsets: list[dns.rrset.RRset], ttl_s: int) -> list[dns.rrset.RRset]:
    """Copies with the TTL that is left."""
    copies = []
    for rrset in rrsets:
        copy = dns.rrset.from_rdata_list(rrset.name, ttl_s, list(rrset))
        copies.append(copy)
    return copies


def main(argv: list[str] | None = None) -> int:
    parser = options(__doc__, reads_platform=False)
    parser.add_argument("--listen", type=split_endpoint, required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--upstream", type=split_endpoint, required=True, metavar="ADDRESS:PORT", help="the GSLB's DNS")
    parser.add_argument("--longest-ttl", type=parse_ns, default=0, metavar="DURATION", help="such as 6s")
    asked = parser.parse_args(argv)

    async def serve(stop: asyncio.Event) -> None:
        resolver = Resolver(asked.upstream, asked.longest_ttl)
        async with dns_server(resolver.answer, asked.listen):
            manners = f"stretches to {written(asked.longest_ttl)}" if asked.longest_ttl else "honours TTL"
            logging.getLogger("resolver").info("at %s:%d, %s", *asked.listen, manners)
            await stop.wait()

    return run(serve)


if __name__ == "__main__":
    sys.exit(main())
