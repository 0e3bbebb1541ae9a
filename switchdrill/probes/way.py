"""How a target is reached: straight to an address, or by name through an operator's resolver; and who answered."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from switchdrill.platform.model import Platform
from switchdrill.platform.serving import Signs, signs_of
from switchdrill.platform.targets import Target
from switchdrill.probes.answer import Unreadable
from switchdrill.probes.request import HTTP_PORT, Headers, Place, place_at
from switchdrill.probes.resolution import resolve


@dataclass(frozen=True, slots=True)
class Sites:
    """Which site is which number: 1 + index in the platform file's order; 0 for none, or where nothing tells."""

    names: list[str]
    signs: Signs

    def at(self, address: str) -> int:
        """Of an address that a name leads to."""
        return self._number(self.signs.by_address.get(address))

    def served(self, target: Target, address: str, headers: Headers) -> int:
        """Of an HTTP answer to `target`'s question that came from `address`."""
        if target.site is not None and address == target.address:
            return self._number(target.site)
        header = self.signs.header
        values = [] if header is None else headers.get(header.lower(), [])
        return self._number(self.signs.of_answer(address, values))

    def only_the_picture_tells(self, address: str) -> bool:
        """Whether everything else about an answer from `address` is the same, whichever site gave it."""
        return self.signs.is_by_picture and not self.at(address)

    def _number(self, name: str | None) -> int:
        return self.names.index(name) + 1 if name in self.names else 0


def sites_of(platform: Platform) -> Sites:
    return Sites(list(platform.sites), signs_of(platform))


@dataclass(frozen=True, slots=True)
class Way:
    """The way to one target; walked anew by every question, as the resolver is the one that caches."""

    target: Target

    async def place(self) -> Place:
        """Where the target's name leads now."""
        target = self.target
        address = target.address
        if address is None:
            address = await self._address_of(target.name_asked)
        return place_at(address, target.name_asked, target.port, source=target.source)

    async def follow(self, place: Place, path: str, uri: str) -> tuple[Place, str]:
        """Where a URI leads that stands in the answer from `path` at `place`; Unreadable when we can't go there.

        A path, or a URL of the same host, stays at `place`. Another host is asked for by the same way.
        """
        whole = urlsplit(urljoin(f"http://{place.host}{path}", uri))
        if whole.scheme != "http" or not whole.hostname:
            raise Unreadable(f"a segment at {uri!r}")
        path_there = (whole.path or "/") + (f"?{whole.query}" if whole.query else "")
        if whole.netloc == place.host:
            return place, path_there
        port = whole.port or HTTP_PORT
        if self.target.address is not None and not _is_address(whole.hostname):
            return place_at(place.address, whole.hostname, port, source=place.source), path_there
        address = await self._address_of(whole.hostname)
        return place_at(address, whole.hostname, port, source=place.source), path_there

    async def _address_of(self, name: str) -> str:
        if _is_address(name):
            return name
        if self.target.resolver is None:
            raise Unreadable(f"no resolver for {name!r}")
        return (await resolve(name, self.target.resolver, source=self.target.source)).address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
