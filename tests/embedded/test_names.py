"""DNS: the GSLB's answers, and resolvers with manners of their own."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rrset

from switchdrill.clock import now_ns
from switchdrill.platform.address import split_endpoint

RESOLVER = Path(__file__).resolve().parents[2] / "drills" / "platforms" / "embedded" / "resolver.py"


def asked(place, name, kind="A", *, tcp=False):
    host, port = split_endpoint(place)
    query = dns.message.make_query(name, kind)
    return (dns.query.tcp if tcp else dns.query.udp)(query, host, port=port, timeout=1)


def test_the_gslb_answers_with_the_active_site_over_udp_and_tcp(shared):
    for tcp in (False, True):
        response = asked(shared.platform.authority, "live.test", tcp=tcp)

        assert response.flags & dns.flags.AA
        assert [record.to_text() for record in response.answer[0]] == [shared.platform.sites["a"].address]
        assert response.answer[0].ttl == 2


def test_what_is_not_there_is_answered_as_dns_says(shared):
    below = asked(shared.platform.authority, "nothing.live.test")
    other_type = asked(shared.platform.authority, "live.test", "AAAA")
    elsewhere = asked(shared.platform.authority, "example.org")
    serial = asked(shared.platform.authority, "live.test", "SOA")

    assert below.rcode() == dns.rcode.NXDOMAIN
    assert (other_type.rcode(), list(other_type.answer)) == (dns.rcode.NOERROR, [])
    assert [rrset.rdtype.name for rrset in (*below.authority, *other_type.authority)] == ["SOA", "SOA"]
    assert elsewhere.rcode() == dns.rcode.REFUSED
    assert serial.answer[0].rdtype.name == "SOA"


def test_nonsense_gets_a_format_error_and_answers_get_silence(shared):
    host, port = split_endpoint(shared.platform.authority)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.sendto(b"\x12\x34" + bytes(2) + b"\x00\x01" + bytes(6) + b"\x3fbroken", (host, port))
        reply = client.recv(512)
        client.settimeout(0.2)
        client.sendto(b"\x12\x34\x80\x00" + bytes(8), (host, port))
        try:
            silence = client.recv(512)
        except TimeoutError:
            silence = b""

    assert reply[:2] == b"\x12\x34"
    assert reply[3] & 0x0F == dns.rcode.FORMERR
    assert silence == b""


class Upstream(asyncio.DatagramProtocol):
    """An authority of the tests' own that counts questions, and cuts UDP answers short when told to."""

    def __init__(self, *, ttl_s: int, cuts_short: bool) -> None:
        self.ttl_s = ttl_s
        self.cuts_short = cuts_short
        self.udp = self.tcp = 0

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, addr) -> None:
        self.udp += 1
        response = self.response(data)
        if self.cuts_short:
            response.answer.clear()
            response.flags |= dns.flags.TC
        self.transport.sendto(response.to_wire(), addr)

    async def stream(self, reader, writer) -> None:
        self.tcp += 1
        length = int.from_bytes(await reader.readexactly(2), "big")
        wire = self.response(await reader.readexactly(length)).to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        await writer.drain()
        writer.close()

    def response(self, data):
        query = dns.message.from_wire(data)
        response = dns.message.make_response(query)
        response.answer.append(dns.rrset.from_text(query.question[0].name, self.ttl_s, "IN", "A", "192.0.2.7"))
        return response


@contextmanager
def resolver(net: str, *options: str) -> Iterator[str]:
    place = f"{net}.0.99:18053"
    argv = [sys.executable, str(RESOLVER), "--listen", place, "--upstream", f"{net}.0.98:18053", *options]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield place
    finally:
        process.terminate()
        assert process.wait(2) == 0


async def question(place, *, tcp=False):
    return await asyncio.to_thread(asked, place, "live.test", tcp=tcp)


async def first_answer(place):
    for _ in range(100):
        try:
            return await question(place)
        except (OSError, dns.exception.DNSException):
            await asyncio.sleep(0.05)
    raise AssertionError("the resolver did not start")


async def serving(net, upstream):
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: upstream, local_addr=(f"{net}.0.98", 18053))
    server = await asyncio.start_server(upstream.stream, f"{net}.0.98", 18053)
    return transport, server


def test_an_answer_that_was_cut_short_is_asked_again_over_tcp(shared):
    async def conversation():
        upstream = Upstream(ttl_s=60, cuts_short=True)
        transport, server = await serving(shared.net, upstream)
        with resolver(shared.net) as place:
            response = await first_answer(place)
        transport.close()
        server.close()
        return upstream, response

    upstream, response = asyncio.run(conversation())

    assert upstream.tcp == 1
    assert [record.to_text() for record in response.answer[0]] == ["192.0.2.7"]
    assert not response.flags & dns.flags.TC


def test_a_resolver_asks_once_for_many_and_gives_the_ttl_that_is_left(shared):
    async def conversation():
        upstream = Upstream(ttl_s=1, cuts_short=False)
        transport, server = await serving(shared.net, upstream)
        with resolver(shared.net) as place:
            await first_answer(place)
            at_once = await asyncio.gather(*(question(place) for _ in range(20)))
            asked_once = upstream.udp
            await asyncio.sleep(0.3)
            later = await question(place, tcp=True)
            await asyncio.sleep(0.9)
            await question(place)
        transport.close()
        server.close()
        return asked_once, upstream.udp, [each.answer[0].ttl for each in at_once], later.answer[0].ttl

    asked_once, asked_twice, fresh, later = asyncio.run(conversation())

    assert (asked_once, asked_twice) == (1, 2)
    assert set(fresh) <= {0, 1}
    assert later == 0


def test_a_resolver_without_an_upstream_says_servfail_before_the_client_gives_up(shared):
    async def conversation():
        with resolver(shared.net) as place:
            response = await first_answer(place)
            started_ns = now_ns()
            response = await question(place)
            return response.rcode(), (now_ns() - started_ns) / 1e9

    rcode, took_s = asyncio.run(conversation())

    assert rcode == dns.rcode.SERVFAIL
    assert took_s < 0.95
