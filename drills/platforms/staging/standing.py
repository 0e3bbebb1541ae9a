"""What the parts of a site are now: asked once a second, told at once to everybody who wants to know."""

import asyncio
import contextlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial

import aiohttp
from decree import Decree, Unreadable, read_object
from instants import now_s
from rooms import Rooms, RoomsUnanswered
from site_role import SiteRole

EVERY_S = 1.0
SOON_S = 0.2
"""While it is on its way to what it shall be."""
STARTING_S = 20.0
STALE_S = 3.0
KEEPER_S = 1.0
MEDIA_S = 0.5
FRESH_S = 4.0
"""A playlist that was written longer ago stands still: there is a new segment each second."""
MOST_BODY = 100_000
log = logging.getLogger("api")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a site's health."""

    ok: bool
    says: str


class Standing:
    """Looks at PostgreSQL's keeper, Redis and the origin; and makes both databases follow the role."""

    def __init__(self, *, role: SiteRole, rooms: Rooms, room: str, keeper: str, playlist: str, hold_with: str) -> None:
        self._role = role
        self._rooms = rooms
        self._room = room
        self._keeper = keeper
        self._playlist = playlist
        self._hold_with = hold_with
        """The site whose confirmation a commit waits for; empty: nobody's."""
        self._database: dict[str, object] = {}
        self._redis = "silent"
        self._knows_room = False
        self._media = Part(ok=False, says="not looked at yet")
        self._looked_s = -STALE_S
        self._began_s = now_s()
        self._now = asyncio.Event()
        self._obeyed = role.decree

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Look and apply, for ever."""
        while True:
            self._now.clear()
            await asyncio.gather(self._look_at_database(session), self._look_at_rooms(), self._look_at_media(session))
            self._looked_s = now_s()
            every_s = SOON_S if self._is_on_its_way() else EVERY_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._now.wait(), every_s)

    async def obey(self, session: aiohttp.ClientSession) -> None:
        """Carry the decree to the database now, and look at it; what else follows from a new one, follows at once."""
        if self._role.decree != self._obeyed:
            self._obeyed = self._role.decree
            self._now.set()
        await self._look_at_database(session)

    def plays(self) -> str:
        """active, standby, moving (on the way to one of them), or fenced."""
        if not self._role.is_known:
            return "fenced"
        database = self._database.get("plays")
        if self._role.is_active:
            return "active" if database == "primary" and self._redis == "master" else "moving"
        return "standby" if database == "standby" else "moving"

    def as_json(self) -> str:
        """What the agent goes by."""
        decree = self._role.decree
        told = {"site": self._role.site, "plays": self.plays(), "why_no_writes": self._role.why_no_writes()}
        seen = {"guarded": self._role.is_guarded, "database": self._database, "redis": self._redis}
        return json.dumps({**decree.as_dict(), **told, **seen})

    async def stopped_at(self, session: aiohttp.ClientSession) -> int | None:
        """Where a fenced database's WAL ends; None while it is not stopped."""
        told = await self._ask_keeper(session, "GET", "/stopped_at", None)
        lsn = told.get("lsn")
        return lsn if isinstance(lsn, int) else None

    def parts(self) -> dict[str, Part]:
        """The parts of health, each with its reason."""
        if now_s() - self._looked_s > STALE_S:
            stuck = Part(ok=False, says="nobody could look at it for a while")
            return dict.fromkeys(("role", "database", "rooms", "media", "replication"), stuck)
        plays = self.plays()
        return {
            "role": Part(ok=plays in ("active", "standby"), says=f"{plays}, epoch {self._role.decree.epoch}"),
            "database": self._database_part(),
            "rooms": self._rooms_part(),
            "media": self._media,
            "replication": self._replication_part(),
        }

    def _database_part(self) -> Part:
        plays = str(self._database.get("plays", "silent"))
        wanted = "primary" if self._role.is_active else "standby"
        problem = str(self._database.get("problem") or "")
        return Part(ok=plays == wanted, says=f"{plays}, {problem}" if problem else plays)

    def _rooms_part(self) -> Part:
        if self._redis == "silent":
            return Part(ok=False, says="Redis does not answer")
        if not self._knows_room:
            return Part(ok=False, says=f"the metadata of {self._room} is not here")
        return Part(ok=True, says=self._redis)

    def _replication_part(self) -> Part:
        is_streaming = self._database.get("streaming") is True
        if self._role.is_active and self._role.peer in self._role.decree.down:
            return Part(ok=True, says=f"alone: {self._role.peer} is declared down")
        is_well = is_streaming and (self._role.is_active or self._redis == "slave")
        return Part(
            ok=is_well, says="streaming" if is_well else f"{'' if is_streaming else 'not '}streaming, {self._redis}"
        )

    def _is_on_its_way(self) -> bool:
        if not self._role.is_known:
            return False
        return self.plays() == "moving" or (now_s() - self._began_s < STARTING_S and not self._knows_room)

    async def _look_at_database(self, session: aiohttp.ClientSession) -> None:
        decree, role = self._role.decree, self._role
        if role.is_known:
            wish: dict[str, object] = {"epoch": decree.epoch}
            if role.is_active:
                is_alone = role.peer in decree.down or not role.is_named
                may_create = decree.epoch == 1 and role.is_named
                wish |= {"may_create": may_create, "hold_with": "" if is_alone else self._hold_with}
            path = "/promote" if role.is_active else "/follow"
            self._database = await self._ask_keeper(session, "POST", path, json.dumps(wish))
        else:
            self._database = await self._ask_keeper(session, "GET", "/state", None)
        epoch = self._database.get("epoch")
        if isinstance(epoch, int) and epoch > role.decree.epoch:
            # We were started again: the database remembers an epoch that nobody may go behind.
            role.decree = Decree(epoch=epoch, active="")

    async def _ask_keeper(
        self, session: aiohttp.ClientSession, method: str, path: str, body: str | None
    ) -> dict[str, object]:
        """Its answer, or `{"plays": "silent"}`."""
        try:
            timeout = aiohttp.ClientTimeout(total=KEEPER_S)
            async with session.request(method, self._keeper + path, data=body, timeout=timeout) as answer:
                return read_object(await answer.read())
        except (TimeoutError, aiohttp.ClientError, Unreadable) as problem:
            return {"plays": "silent", "problem": f"its keeper does not answer ({type(problem).__name__})"}

    async def _look_at_rooms(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            if self._role.is_known and self._role.decree.active:
                with contextlib.suppress(RoomsUnanswered):  # the peer's may be the one that is silent
                    await loop.run_in_executor(None, self._rooms.lead if self._role.is_active else self._rooms.follow)
            self._redis = await loop.run_in_executor(None, self._rooms.plays)
            known = await loop.run_in_executor(None, partial(self._rooms.metadata, self._room))
            self._knows_room = known is not None
        except RoomsUnanswered:
            self._redis, self._knows_room = "silent", False

    async def _look_at_media(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.head(self._playlist, timeout=aiohttp.ClientTimeout(total=MEDIA_S)) as answer:
                status, headers = answer.status, answer.headers
            written, now = _date(headers.get("Last-Modified")), _date(headers.get("Date"))
        except (TimeoutError, aiohttp.ClientError) as problem:
            self._media = Part(ok=False, says=f"the origin does not answer ({type(problem).__name__})")
            return
        if status != 200 or written is None or now is None:
            self._media = Part(ok=False, says=f"no playlist ({status})")
            return
        age_s = (now - written).total_seconds()
        self._media = Part(ok=age_s <= FRESH_S, says=f"the playlist is {age_s:.0f} s old")


def _date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
