"""Disorders of the stream itself: what is listed of it, and how it is coded."""

import sys
from dataclasses import replace
from pathlib import Path

from inner import has_ended, placed, run_in, set_right, upset, upset_by
from instants import wall_ms

from switchdrill.platform.asking import CommandFailed, Reply, ask
from switchdrill.platform.disordering import Looked, Where

sys.path.append(str(Path(__file__).parents[1] / "embedded"))
from promised import held_against  # what is the same in the sibling platform is taken from there

ROOM = "room1"
PLAYLIST = f"/hls/{ROOM}.m3u8"
IN_THE_WAY = f"/hls/live/{ROOM}.m3u8.bak"
"""Where nginx-rtmp writes a new playlist before it takes the old one's place."""
FRESH_MS = 4000
CODINGS = ("resolution", "gop")
"""No `codec`: RTMP as nginx takes it, and its HLS, have none but H.264."""


class PlaylistFrozen:
    """A folder stands where nginx writes its next playlist, and nobody clears away what is old."""

    def make(self, where: Where) -> str:
        run_in(where, "origin", ["sh", "-c", f"mkdir -p {IN_THE_WAY} && pkill -STOP -f '[c]ache manager process'"])
        return f"the playlist of {where.site} is written no more"

    def take_back(self, where: Where) -> str:
        if has_ended(where, "origin"):
            return f"the origin of {where.site} has ended, and its folder with it"
        run_in(where, "origin", ["sh", "-c", f"rm -rf {IN_THE_WAY}; pkill -CONT -f '[c]ache manager process'"])
        return f"the playlist of {where.site} is written again"

    def look(self, where: Where) -> Looked:
        """How old the newest segment is that the playlist names: names are instants."""
        if has_ended(where, "origin"):
            return Looked.ended(f"the origin of {where.site}")
        is_caused = run_in(where, "origin", ["sh", "-c", f"test -d {IN_THE_WAY} && echo yes || echo no"]) == "yes"
        reply = _played(where)
        names = _listed(reply)
        if not names:
            raise CommandFailed(f"{where.site} serves no playlist", because=reply.text())
        age_ms = wall_ms() - int(names[-1].removesuffix(".ts").rpartition("-")[2])
        says = f"200, and the newest segment of {where.site} began {age_ms / 1000:.1f} s ago"
        return Looked(is_caused=is_caused, is_shown=age_ms > FRESH_MS, says=says)


class EncoderParameters:
    """The publisher codes in another way from its next second on, over the same connections."""

    def make(self, where: Where) -> str:
        if where.what not in CODINGS:
            raise CommandFailed(f"the publisher's {where.what!r} can't be wrong here; {', '.join(CODINGS)} can")
        upset(where, "publisher", "encoder-parameters", where.what)
        return f"the publisher's {where.what} is wrong from its next second on"

    def take_back(self, where: Where) -> str:
        was = set_right(where, "publisher", "encoder-parameters")
        return f"the publisher's {where.what} {'is right again' if was else 'was right'}"

    def look(self, where: Where) -> Looked:
        """The newest segment that any site has, held against the room's metadata there."""
        is_caused = bool(upset_by(where, "publisher", "encoder-parameters"))
        for site in where.platform.sites:
            there = replace(where, site=site)
            try:
                name = (_listed(_played(there)) or [""])[-1]
                segment = ask(f"{placed(there, 'origin').addresses[0]}:80", "GET", f"/hls/{name}")
                room = ask(f"{placed(there, 'api').addresses[0]}:8000", "GET", f"/rooms/{ROOM}")
            except CommandFailed:
                continue  # it is frozen, or has ended: the other one may tell
            if not name or segment.status != 200 or room.status != 200:
                continue
            wrong = held_against(room, segment.body)
            found = ", ".join(f"{each} {is_}" for each, is_ in wrong.items()) or "as promised"
            return Looked(is_caused=is_caused, is_shown=where.what in wrong, says=f"segment {name} of {site}: {found}")
        return Looked(is_caused=is_caused, is_shown=is_caused, says="no site serves a segment")


def _played(where: Where) -> Reply:
    return ask(f"{placed(where, 'origin').addresses[0]}:80", "GET", PLAYLIST)


def _listed(playlist: Reply) -> list[str]:
    """Names of segments."""
    lines = playlist.body.decode(errors="replace").splitlines() if playlist.status == 200 else []
    return [line for line in lines if line.endswith(".ts")]
