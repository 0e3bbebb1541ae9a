"""What a container probably is: told from its image, its command, its name or its ports."""

import re
from dataclasses import dataclass
from typing import Literal

from switchdrill.containers.found import Found

Kind = Literal["border", "front", "media", "app", "store", "names", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One well-known program."""

    name: str
    kind: Kind
    """border: carries links. front: viewers come in. media: ingest and origin. app: answers requests. store: keeps
    data. names: answers DNS."""
    port: int
    """Where it listens unless told otherwise; 0: nowhere."""


_KNOWN = [
    Trade(name="toxiproxy", kind="border", port=8474),
    Trade(name="haproxy", kind="front", port=80),
    Trade(name="traefik", kind="front", port=80),
    Trade(name="envoy", kind="front", port=10000),
    Trade(name="caddy", kind="front", port=80),
    Trade(name="varnish", kind="front", port=80),
    Trade(name="srs", kind="media", port=1935),
    Trade(name="nginx-rtmp", kind="media", port=1935),
    Trade(name="mediamtx", kind="media", port=1935),
    Trade(name="origin", kind="media", port=1935),
    Trade(name="sentinel", kind="other", port=26379),
    Trade(name="postgres", kind="store", port=5432),
    Trade(name="mysql", kind="store", port=3306),
    Trade(name="mariadb", kind="store", port=3306),
    Trade(name="mongo", kind="store", port=27017),
    Trade(name="redis", kind="store", port=6379),
    Trade(name="valkey", kind="store", port=6379),
    Trade(name="kafka", kind="store", port=9092),
    Trade(name="etcd", kind="store", port=2379),
    Trade(name="gdnsd", kind="names", port=53),
    Trade(name="coredns", kind="names", port=53),
    Trade(name="dnsdist", kind="names", port=53),
    Trade(name="dnsmasq", kind="names", port=53),
    Trade(name="unbound", kind="names", port=53),
    Trade(name="recursor", kind="names", port=53),
    Trade(name="nginx", kind="front", port=80),
    Trade(name="openresty", kind="front", port=80),
]
_HTTP = (80, 8080, 8081, 8000, 3000, 5000, 9000, 443)


def trade_of(seen: Found) -> Trade:
    """Its image tells best, then its command, its name, its ports."""
    for text in (_repository(seen.image), seen.command, seen.called):
        words = text.lower()
        for trade in _KNOWN:
            if re.search(rf"(?<![a-z]){trade.name}", words):
                return trade
    for trade in _KNOWN:
        if trade.kind == "store" and trade.port in seen.ports:
            return trade
    if 1935 in seen.ports:
        return Trade(name="rtmp", kind="media", port=1935)
    port = next((each for each in _HTTP if each in seen.ports), 0)
    return Trade(name="", kind="app" if port else "other", port=port)


def web_port(seen: Found) -> int:
    """Where it most probably speaks HTTP."""
    checked = re.search(r"https?://[^/\s:]+:(\d{2,5})", seen.health)
    if checked is not None:
        return int(checked[1])
    return next((each for each in _HTTP if each in seen.ports), trade_of(seen).port or 80)


def health_path(seen: Found) -> str:
    """What its own health check asks for; empty when that is no page."""
    found = re.search(r"https?://[^/\s]+(/[\w./-]*)", seen.health)
    return found[1] if found is not None else ""


def _repository(image: str) -> str:
    """`registry.example:5000/team/haproxy:2.8` is a haproxy; of an id nothing is known."""
    return "" if image.startswith("sha256:") else image.rpartition("/")[2].partition(":")[0].partition("@")[0]
