"""Brings the newest role to every site, again and again until it says that it goes by it."""

import asyncio
import logging
from collections.abc import Callable

import aiohttp
from event_log import EventLog
from pydantic import ValidationError
from role import UNKNOWN, Role, RoleTaken
from serving import TROUBLE, ask

from switchdrill.clock import now_ns

TIMEOUT_S = 1.0
"""Longer than a site needs to fetch the rest of a log before it is promoted."""
AGAIN_S = 0.25


class Decrees:
    """One messenger per site."""

    def __init__(
        self,
        *,
        urls: dict[str, str],
        session: aiohttp.ClientSession,
        events: EventLog,
        outdone: Callable[[Role], None],
    ) -> None:
        self._urls = urls
        self._session = session
        self._events = events
        self._outdone = outdone
        self._log = logging.getLogger("gslb")
        self._role = UNKNOWN
        self._held: set[str] = set()
        self.acknowledged = dict.fromkeys(urls, 0)
        self._acknowledged_ns = dict.fromkeys(urls, 0)
        self._changed = asyncio.Condition()

    async def proclaim(self, role: Role, *, hold: str | None = None) -> None:
        """`role` is what counts from now on. `hold`: this site is not told before `release`."""
        async with self._changed:
            self._role = role
            self._held = {hold} if hold else set()
            self._changed.notify_all()

    async def release(self) -> None:
        async with self._changed:
            self._held.clear()
            self._changed.notify_all()

    async def forgotten(self, site: str, epoch: int, *, asked_ns: int) -> None:
        """Asked at `asked_ns`, the site goes by `epoch`. When it had acknowledged more (its ledger is new): again."""
        if epoch < self.acknowledged[site] and asked_ns > self._acknowledged_ns[site]:
            async with self._changed:
                self.acknowledged[site] = epoch
                self._changed.notify_all()

    async def acknowledged_by(self, site: str, epoch: int, *, within_s: float) -> bool:
        """Wait until `site` goes by `epoch`."""
        try:
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(lambda: self.acknowledged[site] >= epoch)
        except TimeoutError:
            return False
        return True

    async def run(self, site: str) -> None:
        """Tell `site`, for ever."""
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._has_to_be_told(site))
                role = self._role
            if not await self._tell(site, role):
                await asyncio.sleep(AGAIN_S)

    def _has_to_be_told(self, site: str) -> bool:
        return self.acknowledged[site] < self._role.epoch and site not in self._held

    async def _tell(self, site: str, role: Role) -> bool:
        try:
            url = f"{self._urls[site]}/role"
            reply = await ask(self._session, "POST", url, within_s=TIMEOUT_S, json=role.model_dump_json())
            taken = RoleTaken.model_validate_json(reply.body)
        except (*TROUBLE, ValidationError):
            return False  # it is down or on its way up; the checks will say
        if taken.role.epoch > role.epoch:
            self._outdone(taken.role)
            return False
        if taken.role.epoch < role.epoch:
            return False
        async with self._changed:
            self.acknowledged[site] = role.epoch
            self._acknowledged_ns[site] = now_ns()
            self._changed.notify_all()
        self._events.say("role_acknowledged", site=site, epoch=role.epoch)
        return True
