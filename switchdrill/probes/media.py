"""The HLS question: does the picture that a viewer would get now decode, show the right room, and move?"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

from switchdrill import mark
from switchdrill.clock import NS_PER_S, boot_id, now_ns
from switchdrill.platform.targets import Target
from switchdrill.probes.answer import Notes, Unreadable
from switchdrill.probes.decoder import Decoder
from switchdrill.probes.listing import Newest, Variant, read_listing
from switchdrill.probes.picture import Look
from switchdrill.probes.request import Headers, Place, Web
from switchdrill.probes.way import Sites, Way
from switchdrill.record.samples import Outcome

REMEMBERED = 16
"""Segments and addresses per target."""

Name = TypeVar("Name")
Kept = TypeVar("Kept")
Origin = tuple[str, int]
"""Who listed it: address and site. Behind one address there may be several sites, each with a stream of its own."""
Key = tuple[Origin, int, str]
"""A segment: who listed it, sequence, URI."""


@dataclass(slots=True)
class Edge:
    """How the newest sequence moved at one origin, for streams without a mark."""

    sequence: int
    asked_ns: int
    advanced_ns: int | None = None
    """When it was last seen to go up, with bytes that were never seen there; None: never yet."""
    seen: "OrderedDict[bytes, None]" = field(default_factory=OrderedDict)
    """Digests of the newest segments: two caches that stand still at different places are no stream that moves."""


@dataclass(slots=True)
class Fetch:
    """One segment on its way, for every slot that wants it."""

    key: Key
    has_come: bool = False
    """Every byte of it; it is only being decoded."""
    task: "asyncio.Task[Look] | None" = None


@dataclass(slots=True)
class Standard:
    """What good means: the runbook's bound, and whether the picture says who serves it."""

    max_age_ns: int
    by_picture: bool
    """The site stands in the mark, not in the address."""


@dataclass(slots=True)
class HlsQuestion:
    """GET the playlist; the newest segment must be, or have been, fetched and decoded. See `Outcome`."""

    target: Target
    sites: Sites
    web: Web
    decoder: Decoder
    standard: Standard
    _boot_crc: int = field(default_factory=lambda: mark.crc(boot_id()))
    _looks: OrderedDict[Key, Look] = field(default_factory=OrderedDict)
    _fetches: OrderedDict[Origin, Fetch] = field(default_factory=OrderedDict)
    _edges: OrderedDict[Origin, Edge] = field(default_factory=OrderedDict)

    async def ask(self, slot: int, notes: Notes) -> Outcome:  # noqa: ARG002 - the same for every slot
        asked_ns = now_ns()
        way = Way(self.target)
        place = await way.place()

        def arrived(status: int, headers: Headers) -> None:
            notes.site, notes.v3 = self.sites.served(self.target, place.address, headers), status

        path = self.target.path
        newest = read_listing(await self.web.get(place, path, arrived))
        if isinstance(newest, Variant):
            place, path = await way.follow(place, path, newest.uri)
            newest = read_listing(await self.web.get(place, path, arrived))
        if isinstance(newest, Variant):
            raise Unreadable("a master playlist that lists a master playlist")
        notes.v0 = newest.sequence
        listed_ns = now_ns()
        origin = (place.address, notes.site)
        seen = await self._seen(place, path, newest, notes)
        edge = self._edge(origin, newest.sequence, seen.digest, asked_ns=asked_ns, listed_ns=listed_ns)
        return self._judged(seen, edge, notes)

    def _judged(self, seen: Look, edge: Edge, notes: Notes) -> Outcome:
        now = now_ns()
        notes.v2 = seen.pictures
        if not seen.is_whole:
            return Outcome.UNREADABLE
        found = seen.mark
        if found is not None and found.boot_crc == self._boot_crc and found.captured_ns <= now:
            notes.v1 = found.captured_ns
        if found is not None and self.standard.by_picture and 1 <= found.site <= len(self.sites.names):
            notes.site = found.site
        if found is not None and self.target.room is not None and found.room_crc != mark.crc(self.target.room):
            return Outcome.WRONG_ROOM
        moved_ns = notes.v1 or edge.advanced_ns
        is_fresh = moved_ns is not None and now - moved_ns <= self.standard.max_age_ns
        return Outcome.GOOD if is_fresh else Outcome.STALE

    def _edge(self, origin: Origin, sequence: int, digest: bytes, *, asked_ns: int, listed_ns: int) -> Edge:
        edge = self._edges.get(origin)
        if edge is None:
            edge = self._edges[origin] = Edge(sequence, asked_ns)
            _forget(self._edges)
        elif sequence < edge.sequence and asked_ns > edge.asked_ns:
            # A stream that begins again has not moved yet.
            edge.sequence, edge.asked_ns, edge.advanced_ns = sequence, asked_ns, None
        elif sequence > edge.sequence:
            edge.sequence, edge.asked_ns = sequence, asked_ns
            if digest not in edge.seen:
                edge.advanced_ns = listed_ns
        edge.seen[digest] = None
        _forget(edge.seen)
        return edge

    async def _seen(self, place: Place, path: str, newest: Newest, notes: Notes) -> Look:
        """The newest segment, looked at; fetched in this slot when it is new.

        Where only the picture tells who serves, what another slot got may be the other site's of the same name: then
        every slot fetches it.
        """
        origin = (place.address, notes.site)
        key = (origin, newest.sequence, newest.uri)
        asks_itself = self.sites.only_the_picture_tells(place.address)
        known = None if asks_itself else self._looks.get(key)
        if known is not None:
            return known
        running = None if asks_itself else self._fetches.get(origin)
        if running is not None and running.task is not None and running.key == key:
            # Another slot is fetching it. That it fails or hangs is no evidence for this slot, which asked later:
            # then this slot asks for itself.
            waited_s = self.target.timeout_ns / NS_PER_S / 4
            await asyncio.wait({running.task}, timeout=waited_s)
            if running.task.done() and not running.task.cancelled() and running.task.exception() is None:
                return running.task.result()
        fetch = Fetch(key)
        fetch.task = asyncio.create_task(self._fetch(place, path, newest, fetch))
        fetch.task.add_done_callback(_fetched)
        self._fetches[origin] = fetch
        _forget(self._fetches)
        try:
            return await asyncio.shield(fetch.task)
        except asyncio.CancelledError:
            notes.waits_for_us = fetch.has_come
            raise

    async def _fetch(self, place: Place, path: str, newest: Newest, fetch: Fetch) -> Look:
        async with asyncio.timeout(self.target.timeout_ns / NS_PER_S):
            way = Way(self.target)
            opening = b""
            if newest.opening is not None:
                opening = await self._get(way, place, path, newest.opening)
            segment = await self._get(way, place, path, newest.uri)
        fetch.has_come = True
        seen = await self.decoder.look(opening + segment, newest.duration_s)
        self._looks[fetch.key] = seen
        _forget(self._looks)
        return seen

    async def _get(self, way: Way, place: Place, path: str, uri: str) -> bytes:
        there, path_there = await way.follow(place, path, uri)
        return await self.web.get(there, path_there, lambda _status, _headers: None)


def _forget(
    known: "OrderedDict[Key, Look] | OrderedDict[Origin, Edge] | OrderedDict[Origin, Fetch] | OrderedDict[bytes, None]",
) -> None:
    while len(known) > REMEMBERED:
        known.popitem(last=False)


def _fetched(fetch: "asyncio.Task[Look]") -> None:
    """Take the exception, or asyncio complains of one that nobody waited for."""
    if not fetch.cancelled():
        fetch.exception()
