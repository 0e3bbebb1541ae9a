"""Disorders of the stream itself: what is listed of it, and how it is coded."""

import io
from dataclasses import replace

import av
from coding import WRONG
from disarray import Disarray
from inside import asked
from rooms import Room
from wiring import serving_sites, settings_of

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.platform.asking import CommandFailed
from switchdrill.platform.disordering import Looked, Where

FRESH_S = 4
"""As the site's own health has it: a newest segment that began longer ago is not live."""


class PlaylistFrozen:
    """The site's origin takes segments, and lists none of them."""

    def make(self, where: Where) -> str:
        Disarray(where.folder).make("playlist-frozen", where.site, "frozen")
        return f"{where.site} lists no new segments"

    def take_back(self, where: Where) -> str:
        was = Disarray(where.folder).take_back("playlist-frozen", where.site)
        return f"{where.site} {'lists new segments again' if was else 'was not frozen'}"

    def look(self, where: Where) -> Looked:
        """How old the newest segment is that the playlist names: numbers are seconds of the clock."""
        is_caused = bool(Disarray(where.folder).what("playlist-frozen", where.site))
        newest = _newest(where)
        if newest is None:
            return Looked(is_caused=is_caused, is_shown=is_caused, says=f"{where.site} serves no playlist")
        age_s = now_ns() // NS_PER_S - newest
        says = f"200, and the newest segment of {where.site} began {age_s} s ago"
        return Looked(is_caused=is_caused, is_shown=age_s >= FRESH_S, says=says)


class EncoderParameters:
    """The publisher codes in another way from its next second on."""

    def make(self, where: Where) -> str:
        if where.what not in WRONG:
            raise CommandFailed(f"there is no parameter {where.what!r}; there are {', '.join(WRONG)}")
        Disarray(where.folder).make("encoder-parameters", "", where.what)
        return f"the publisher's {where.what} is wrong from its next second on"

    def take_back(self, where: Where) -> str:
        was = Disarray(where.folder).take_back("encoder-parameters", "")
        return f"the publisher's {where.what} {'is right again' if was else 'was right'}"

    def look(self, where: Where) -> Looked:
        """The newest segment that any site has, held against the room's metadata there."""
        is_caused = bool(Disarray(where.folder).what("encoder-parameters"))
        for site in serving_sites(where.platform):
            there = replace(where, site=site)
            newest, room = _newest(there), asked(there, "api", "GET", f"/rooms/{settings_of(where.platform).room}")
            segment = asked(there, "origin", "GET", f"{_live(there)}/{newest}.ts") if newest is not None else None
            if segment is None or segment.status != 200 or room is None:
                continue
            wrong = _held_against(room.read(Room), segment.body)
            says = f"segment {newest} of {site}: {', '.join(f'{name} {found}' for name, found in wrong.items())}"
            return Looked(
                is_caused=is_caused, is_shown=where.what in wrong, says=says if wrong else f"segment {newest} is right"
            )
        return Looked(is_caused=is_caused, is_shown=is_caused, says="no site serves a segment")


def _held_against(room: Room, segment: bytes) -> dict[str, str]:
    """What of the segment is not as the metadata says, and what it is instead.

    A size that no key picture tells is not wrong; of another codec, only that is told.
    """
    promised = room.encoder
    if promised is None:
        raise CommandFailed("the room's metadata has no encoder parameters to hold a segment against")
    with av.open(io.BytesIO(segment), "r") as container:
        stream = container.streams.video[0]
        packet = next(container.demux(stream))
        found = {
            "resolution": (f"{stream.width}x{stream.height}", f"{promised.width}x{promised.height}"),
            "codec": (stream.codec_context.name, promised.video),
            "gop": ("a key picture" if packet.is_keyframe else "no key picture at its start", "a key picture"),
        }
    wrong = {name: is_ for name, (is_, should_be) in found.items() if is_ != should_be and is_ != "0x0"}
    return {name: is_ for name, is_ in wrong.items() if name != "gop" or "codec" not in wrong}


def _newest(where: Where) -> int | None:
    """The number of the last segment in the site's playlist; None when it answers none."""
    reply = asked(where, "origin", "GET", f"{_live(where)}/index.m3u8")
    if reply is None or reply.status != 200:
        return None
    return int([line for line in reply.body.decode().splitlines() if line.endswith(".ts")][-1].removesuffix(".ts"))


def _live(where: Where) -> str:
    return f"/live/{settings_of(where.platform).room}"
