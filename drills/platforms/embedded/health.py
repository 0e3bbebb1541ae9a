"""How an API sees itself: can this site serve, and is the other one with it."""

import asyncio

from database import Database, DatabaseUnavailable
from pulling import Pulls
from pushing import Pushes
from role import Health, Part
from standing import Standing

from switchdrill.clock import NS_PER_S, now_ns

FRESH_NS = 4_000_000_000
"""Of the newest segment's first picture: on a good day it is 1 to 2 s old. Older, and the picture is not live."""
TOUCH_TIMEOUT_S = 0.5
TOUCH_GOOD_FOR_NS = 500_000_000
"""Asked more often than this, the database is not written again each time."""


class Examination:
    """Everything that /health/deep looks at. None of it goes over a link: it is told, or it is our own."""

    def __init__(
        self, *, standing: Standing, peer: str, database: Database, pushes: Pushes, pulls: Pulls, has_picture: bool
    ) -> None:
        self._standing = standing
        self._peer = peer
        self._database = database
        self._pushes = pushes
        self._pulls = pulls
        self._has_picture = has_picture
        self._written_ns = 0
        self._newest: tuple[int, int] | None = None

    def segment_arrived(self, sequence: int, started_ns: int) -> None:
        """The origin's word: this one is the newest."""
        self._newest = (sequence, started_ns)

    async def health(self) -> Health:
        """Within about half a second, whatever is broken."""
        role = self._standing.role
        plays = self._standing.plays
        caught_up = plays == "standby" and self._pulls.is_caught_up(role)
        parts = {
            "role": Part(ok=plays != "unknown", says=f"{plays} at epoch {role.epoch}"),
            "database": await self._writable(),
            "media": self._media(),
            "replication": self._replication(caught_up=caught_up),
        }
        return Health(
            site=self._standing.site,
            ok=all(part.ok for part in parts.values()),
            plays=plays,
            epoch=role.epoch,
            in_step_epoch=self._pulls.in_step_epoch,
            caught_up=caught_up,
            parts=parts,
        )

    async def _writable(self) -> Part:
        if now_ns() - self._written_ns < TOUCH_GOOD_FOR_NS:
            return Part(ok=True, says="writable a moment ago")
        try:
            async with asyncio.timeout(TOUCH_TIMEOUT_S):
                await self._database.do(lambda records: records.touch())
        except (DatabaseUnavailable, TimeoutError) as problem:
            return Part(ok=False, says=f"can't be written: {problem or type(problem).__name__}")
        self._written_ns = now_ns()
        return Part(ok=True, says="writable")

    def _media(self) -> Part:
        if not self._has_picture:
            return Part(ok=True, says="nobody publishes to this site")
        if self._newest is None:
            return Part(ok=False, says="no segment has arrived at the origin")
        sequence, started_ns = self._newest
        age_ns = now_ns() - started_ns
        return Part(ok=age_ns < FRESH_NS, says=f"segment {sequence} began {age_ns / NS_PER_S:.1f} s ago")

    def _replication(self, *, caught_up: bool) -> Part:
        role = self._standing.role
        if self._standing.plays == "unknown":
            return Part(ok=False, says="no role yet")
        if self._standing.plays == "active":
            if role.down:
                return Part(ok=True, says=f"alone: {self._peer} is declared down")
            in_step = self._pushes.is_peer_in_step(role)
            return Part(ok=in_step, says=f"{self._peer} is {'in step' if in_step else 'not in step'}")
        if self._standing.site in role.down:
            return Part(ok=False, says=f"declared down; {'caught up' if caught_up else 'not caught up'}")
        in_step = caught_up and self._pulls.in_step_epoch == role.epoch
        return Part(ok=in_step, says=f"{'in step' if in_step else 'not in step'} with {self._peer}")
