"""What an origin knows of rooms: it asks its site's API and lives on with the answer while the API is away."""

import asyncio
import logging

import aiohttp
from pydantic import ValidationError
from rooms import NewestSegment, Room
from serving import TROUBLE, ask

from switchdrill.clock import now_ns

ASK_TIMEOUT_S = 0.7
AGAIN_NS = 250_000_000
"""How soon a question that was answered with no is asked again."""
MAX_ROOMS = 1000


class Knowledge:
    """Room metadata, asked along the link to the site's API."""

    def __init__(self, session: aiohttp.ClientSession, api: str, *, site: str, address: str) -> None:
        self._session = session
        self._api = api
        self._site = site
        self._address = address
        self._log = logging.getLogger("origin")
        self._rooms: dict[str, Room] = {}
        self._refused: dict[str, tuple[str, int]] = {}
        self._asking: dict[str, asyncio.Task[str]] = {}
        self._reporting = asyncio.Semaphore(1)

    async def why_not(self, room: str) -> str:
        """Why a push for `room` can't be accepted; nothing when it can."""
        if self._is_known(room):
            return ""
        reason, asked_ns = self._refused.get(room, ("", 0))
        if reason and now_ns() - asked_ns < AGAIN_NS:
            return reason
        asking = self._asking.get(room)
        if asking is None:
            if len(self._asking) + len(self._rooms) > MAX_ROOMS:
                return "too many rooms"
            asking = self._asking[room] = asyncio.create_task(self._ask(room))
            asking.add_done_callback(lambda _task: self._asking.pop(room, None))
        return await asking

    def is_served_elsewhere(self, room: str) -> bool:
        """Its metadata names CDN nodes, and none of this site."""
        known = self._rooms.get(room)
        return known is not None and bool(known.cdn) and self._address not in known.cdn

    async def report(self, room: str, newest: NewestSegment) -> None:
        """Tell the API which segment is the newest; its answer is the room's metadata, so the cache stays fresh.

        While one report is under way, others are left out: the next second brings a newer one.
        """
        if self._reporting.locked():
            return
        async with self._reporting:
            await self._exchange(room, "POST", f"{self._api}/rooms/{room}/segments", newest.model_dump_json())

    def _is_known(self, room: str) -> bool:
        known = self._rooms.get(room)
        return known is not None and known.encoder is not None and not self._is_pushed_elsewhere(known)

    def _is_pushed_elsewhere(self, known: Room) -> bool:
        return bool(known.push) and self._site not in known.push

    async def _ask(self, room: str) -> str:
        reason = await self._exchange(room, "GET", f"{self._api}/rooms/{room}", None)
        if not reason and not self._is_known(room):
            known = self._rooms.get(room)
            is_elsewhere = known is not None and self._is_pushed_elsewhere(known)
            lacks = "push address of this site" if is_elsewhere else "encoder parameters"
            reason = f"the room's metadata has no {lacks}"
        if len(self._refused) > MAX_ROOMS:
            self._refused.clear()
        if reason:
            self._refused[room] = (reason, now_ns())
        return reason

    async def _exchange(self, room: str, method: str, url: str, body: str | None) -> str:
        """One question; what it says against the room. Only a definite no makes us forget what we knew."""
        try:
            reply = await ask(self._session, method, url, within_s=ASK_TIMEOUT_S, json=body)
            if reply.status == 404:
                if self._rooms.pop(room, None) is not None:
                    self._log.warning("room %s is not known to this site's API any more", room)
                return "this site has no metadata of the room: it does not know what to expect"
            if reply.status != 200:
                return f"this site's API answers {reply.status}"
            known = Room.model_validate_json(reply.body)
        except TROUBLE as problem:
            return f"this site's API can't be asked: {type(problem).__name__}"
        except ValidationError as problem:
            return f"this site's API answers nonsense: {problem.error_count()} error(s)"
        if room not in self._rooms:
            self._log.info("room %s: metadata learnt", room)
        self._rooms[room] = known
        return ""
