"""Puts one thing of the staging platform in disorder, in order again, and looks: for faults that only it can make.

  stream-metadata --site S --what F    push_address, encoder or cdn_nodes is gone from the room's metadata in S's Redis;
                                       S is the standby
  playlist-frozen --site S             nginx at S takes the stream, and writes no playlist any more
  capacity --site S --what 5%          so much of one processor is left to each of S's edge and origin

break and heal: exit code 0 when done, 1 with the reason when not. look: 0 in disorder, 1 as it was, 2 neither, or not
known. All of it is done by Docker: it works while the platform's programs hang.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from inner import has_ended, hold_back, placed, quota_us, run_in
from instants import wall_ms

from switchdrill.platform.asking import CommandFailed, Reply, ask
from switchdrill.platform.disorder import Known
from switchdrill.platform.disordering import Looked, Upset, Where, run

FIELDS = {"push_address": "push", "encoder": "encoder", "cdn_nodes": "cdn"}
ROOM = "room1"
KEPT = "kept:room:"
PLAYLIST = f"/hls/{ROOM}.m3u8"
IN_THE_WAY = f"/hls/live/{ROOM}.m3u8.bak"
"""Where nginx-rtmp writes a new playlist before it takes the old one's place."""
ONE_WRITE = """
redis-cli CONFIG SET replica-read-only no
redis-cli "$@"; code=$?
redis-cli CONFIG SET replica-read-only yes
exit $code
"""
FRESH_MS = 4000
LOAD = 60
"""Requests at once that a whole edge answers without being held back."""
PERIOD_US = 100_000


class StreamMetadata:
    """One field, taken out of the standby's copy. Redis does not mend it: a replica gets changes, and this is none. A
    new copy of the whole would, and the next write of the room.
    """

    def make(self, where: Where) -> str:
        if where.what not in FIELDS:
            raise CommandFailed(f"there is no field {where.what!r}; there are {', '.join(FIELDS)}")
        if _redis(where, "ROLE").split()[0] != "slave":
            raise CommandFailed(f"{where.site} is not the standby: the other site would lose {where.what}, too")
        whole = _redis(where, "GET", f"room:{ROOM}")
        left = {name: each for name, each in json.loads(whole).items() if name != FIELDS[where.what]}
        _write(where, f"{KEPT}{where.what}", whole)
        _write(where, f"room:{ROOM}", json.dumps(left))
        return f"{where.what} is gone from the Redis of {where.site}"

    def take_back(self, where: Where) -> str:
        kept = _redis(where, "GET", f"{KEPT}{where.what}")
        if not kept:
            return "nothing was gone"
        field = FIELDS[where.what]
        now = json.loads(_redis(where, "GET", f"room:{ROOM}") or "{}")
        if field not in now:
            _write(where, f"room:{ROOM}", json.dumps({**now, field: json.loads(kept)[field]}))
        _write(where, f"{KEPT}{where.what}", "")
        return f"{where.what} is in the Redis of {where.site} again"

    def look(self, where: Where) -> Looked:
        """As the site's API answers."""
        if has_ended(where, "redis"):
            return Looked(is_caused=False, is_shown=False, says=f"the Redis of {where.site} has ended")
        is_caused = bool(_redis(where, "GET", f"{KEPT}{where.what}"))
        reply = ask(f"{placed(where, 'api').addresses[0]}:8000", "GET", f"/rooms/{ROOM}")
        is_there = FIELDS[where.what] in reply.told()
        word = "has" if is_there else "has no"
        return Looked(is_caused=is_caused, is_shown=not is_there, says=f"the room at {where.site} {word} {where.what}")


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
            return Looked(is_caused=False, is_shown=False, says=f"the origin of {where.site} has ended")
        is_caused = run_in(where, "origin", ["sh", "-c", f"test -d {IN_THE_WAY} && echo yes || echo no"]) == "yes"
        reply = _played(where)
        names = [line for line in reply.body.decode(errors="replace").splitlines() if line.endswith(".ts")]
        if reply.status != 200 or not names:
            raise CommandFailed(f"{where.site} serves no playlist", because=reply.text())
        age_ms = wall_ms() - int(names[-1].removesuffix(".ts").rpartition("-")[2])
        says = f"200, and the newest segment of {where.site} began {age_ms / 1000:.1f} s ago"
        return Looked(is_caused=is_caused, is_shown=age_ms > FRESH_MS, says=says)


class Capacity:
    """Edge and origin get so much of one processor each."""

    def make(self, where: Where) -> str:
        share = int(where.what.removesuffix("%"))
        for part in ("edge", "origin"):
            hold_back(where, part, quota_us=PERIOD_US * share // 100)
        return f"edge and origin of {where.site} have {where.what} of a processor each"

    def take_back(self, where: Where) -> str:
        for part in ("edge", "origin"):
            if not has_ended(where, part) and quota_us(where, part) > 0:
                hold_back(where, part, quota_us=-1)
        return f"edge and origin of {where.site} have all that there is"

    def look(self, where: Where) -> Looked:
        """How often the kernel held the edge back while many asked at once."""
        if has_ended(where, "edge"):
            return Looked(is_caused=False, is_shown=False, says=f"the edge of {where.site} has ended")
        is_caused = any(quota_us(where, part) > 0 for part in ("edge", "origin"))
        before = _held_back(where)
        with ThreadPoolExecutor(LOAD // 4) as viewers:
            list(viewers.map(lambda _each: _asked(where), range(LOAD)))
        times = _held_back(where) - before
        return Looked(
            is_caused=is_caused, is_shown=times > 0, says=f"the edge of {where.site} was held back {times} times"
        )


def _redis(where: Where, *words: str) -> str:
    return run_in(where, "redis", ["redis-cli", "--raw", *words])


def _write(where: Where, key: str, value: str) -> None:
    """In this copy alone: a replica is let write for a moment. Empty: the key is gone."""
    words = ["SET", key, value] if value else ["DEL", key]
    run_in(where, "redis", ["sh", "-c", ONE_WRITE, "sh", *words])


def _played(where: Where) -> Reply:
    return ask(f"{placed(where, 'origin').addresses[0]}:80", "GET", PLAYLIST)


def _asked(where: Where) -> None:
    """One viewer; that he is not answered is no news here."""
    try:
        ask(f"{placed(where, 'edge').addresses[0]}:80", "GET", PLAYLIST, within_s=5.0)
    except CommandFailed:
        return


def _held_back(where: Where) -> int:
    files = "cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat 2>/dev/null; true"
    told = run_in(where, "edge", ["sh", "-c", files])
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("nr_throttled"))


UPSETS: dict[Known, Upset] = {
    "stream-metadata": StreamMetadata(),
    "playlist-frozen": PlaylistFrozen(),
    "capacity": Capacity(),
}

if __name__ == "__main__":
    sys.exit(run(__doc__, UPSETS))
