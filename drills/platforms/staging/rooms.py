"""Room metadata and danmaku in the site's Redis. The only file that imports redis: it has no types that we trust."""

import json
from collections.abc import Callable
from typing import cast

import redis  # type: ignore[import-not-found]
from decree import Unreadable, read_object

ANSWER_S = 0.5
DANMAKU_KEPT = 1000
DANMAKU_PAGE = 100


class RoomsUnanswered(Exception):
    """Redis did not answer in time, or refused."""


class Rooms:
    """Blocking, each call at most a second; for worker threads."""

    def __init__(self, host: str, *, peer: tuple[str, int]) -> None:
        self._own = _client(host, 6379)
        self._peer_place = peer
        self._peer = _client(*peer)

    def metadata(self, room: str) -> dict[str, object] | None:
        """None when this site does not know the room."""
        raw = _asked(lambda: self._own.get(f"room:{room}"))
        return None if raw is None else read_object(cast("bytes", raw))

    def keep(self, room: str, metadata: dict[str, object]) -> None:
        _asked(lambda: self._own.set(f"room:{room}", json.dumps(metadata)))

    def say(self, room: str, sender: str, text: str) -> str:
        """The message's number."""
        said = {"sender": sender, "text": text}
        raw = _asked(lambda: self._own.xadd(f"danmaku:{room}", said, maxlen=DANMAKU_KEPT, approximate=True))
        return cast("bytes", raw).decode()

    def said_after(self, room: str, after: str) -> list[dict[str, str]]:
        raw = _asked(lambda: self._own.xrange(f"danmaku:{room}", f"({after}", "+", count=DANMAKU_PAGE))
        rows = cast("list[tuple[bytes, dict[bytes, bytes]]]", raw)
        return [{"id": key.decode(), **{k.decode(): v.decode() for k, v in body.items()}} for key, body in rows]

    def plays(self) -> str:
        """master, slave (in step with the other site's), or joining."""
        told = cast("list[object]", _asked(lambda: self._own.execute_command("ROLE")))
        role = _text(told[0])
        return role if role == "master" or _text(told[3]) == "connected" else "joining"

    def lead(self) -> None:
        """Fine when it leads already."""
        if self.plays() != "master":
            _asked(lambda: self._own.replicaof("NO", "ONE"))

    def follow(self) -> None:
        """Follow the other site's, once that one leads; until then nothing changes."""
        if self.plays() == "master":
            told = cast("list[object]", _asked(lambda: self._peer.execute_command("ROLE")))
            if _text(told[0]) == "master":
                _asked(lambda: self._own.replicaof(self._peer_place[0], str(self._peer_place[1])))


def _client(host: str, port: int) -> "redis.Redis[bytes]":
    return redis.Redis(
        host=host, port=port, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, max_connections=20
    )


def _asked(call: Callable[[], object]) -> object:
    try:
        return call()
    except (redis.RedisError, OSError, Unreadable) as problem:
        raise RoomsUnanswered(" ".join(str(problem).split())[:200]) from problem


def _text(raw: object) -> str:
    return raw.decode() if isinstance(raw, bytes) else str(raw)
