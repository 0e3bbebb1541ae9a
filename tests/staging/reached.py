"""What answers viewers, asked from where they come from."""

import http.client
from contextlib import closing, suppress

import dns.exception
import dns.message
import dns.query

from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform

EVERYTHING = ["resolver", "a", "b"]


def reached(platform: Platform, operator: str) -> list[str]:
    """What answers this operator's viewers: its resolver, and each site's playlist."""
    source, found = platform.operators[operator].source, []
    assert source is not None
    with suppress(dns.exception.Timeout):
        host, port = split_endpoint(platform.operators[operator].resolver or "")
        question = dns.message.make_query("live.test", "A")
        found += ["resolver"] if dns.query.udp(question, host, port=port, timeout=0.5, source=source).answer else []
    for name, site in platform.sites.items():
        connection = http.client.HTTPConnection(site.address, 80, timeout=0.5, source_address=(source, 0))
        with closing(connection), suppress(TimeoutError):
            connection.request("GET", "/hls/room1.m3u8")
            found += [name] if connection.getresponse().status == 200 else []
    return found
