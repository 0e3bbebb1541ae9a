"""A field of the room's metadata that is missing at one site: push address, encoder parameters, or CDN nodes."""

import json

from inner import has_ended, placed, run_in

from switchdrill.platform.asking import CommandFailed, ask
from switchdrill.platform.disordering import Looked, Where

FIELDS = {"push_address": "push", "encoder": "encoder", "cdn_nodes": "cdn"}
ROOM = "room1"
KEPT = "kept:room:"
ONE_WRITE = """
redis-cli CONFIG SET replica-read-only no
redis-cli "$@"; code=$?
redis-cli CONFIG SET replica-read-only yes
exit $code
"""


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
            return Looked.ended(f"the Redis of {where.site}")
        is_caused = bool(_redis(where, "GET", f"{KEPT}{where.what}"))
        reply = ask(f"{placed(where, 'api').addresses[0]}:8000", "GET", f"/rooms/{ROOM}")
        is_there = FIELDS[where.what] in reply.told()
        word = "has" if is_there else "has no"
        return Looked(is_caused=is_caused, is_shown=not is_there, says=f"the room at {where.site} {word} {where.what}")


def _redis(where: Where, *words: str) -> str:
    return run_in(where, "redis", ["redis-cli", "--raw", *words])


def _write(where: Where, key: str, value: str) -> None:
    """In this copy alone: a replica is let write for a moment. Empty: the key is gone."""
    words = ["SET", key, value] if value else ["DEL", key]
    run_in(where, "redis", ["sh", "-c", ONE_WRITE, "sh", *words])
