"""Disorders of the stream itself: what is listed of it, and how it is coded."""

from dataclasses import replace

from coding import WRONG
from disarray import Disarray
from inside import asked
from promised import held_against
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
            wrong = held_against(room, segment.body)
            says = f"segment {newest} of {site}: {', '.join(f'{name} {found}' for name, found in wrong.items())}"
            return Looked(
                is_caused=is_caused, is_shown=where.what in wrong, says=says if wrong else f"segment {newest} is right"
            )
        return Looked(is_caused=is_caused, is_shown=is_caused, says="no site serves a segment")


def _newest(where: Where) -> int | None:
    """The number of the last segment in the site's playlist; None when it answers none."""
    reply = asked(where, "origin", "GET", f"{_live(where)}/index.m3u8")
    if reply is None or reply.status != 200:
        return None
    return int([line for line in reply.body.decode().splitlines() if line.endswith(".ts")][-1].removesuffix(".ts"))


def _live(where: Where) -> str:
    return f"/live/{settings_of(where.platform).room}"
