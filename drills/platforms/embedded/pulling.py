"""At the standby: pulls what it lacks from the active site, twice a second.

It is heartbeat, catching up after an outage, and a second way to confirm: asking for what is behind position p says
that everything up to p is stored here.
"""

import asyncio
import logging
from functools import partial

import aiohttp
from database import Database, DatabaseUnavailable
from pydantic import ValidationError
from records import Page, PageTaken, Records
from role import Role
from serving import TROUBLE, ask
from standing import Standing

from switchdrill.clock import NS_PER_S, now_ns

EVERY_S = 0.5
RECENT_NS = 2_000_000_000
"""Caught up longer ago than this is not caught up."""
MAX_PAGES = 1000
"""In one turn; the next one goes on where this ended."""


class Pulls:
    """Follows the active site's log."""

    def __init__(
        self,
        *,
        standing: Standing,
        peer: str,
        peer_url: str,
        session: aiohttp.ClientSession,
        database: Database,
        timeout_ns: int,
    ) -> None:
        self._standing = standing
        self._peer = peer
        self._url = f"{peer_url}/replica/changes"
        self._session = session
        self._database = database
        self._timeout_s = timeout_ns / NS_PER_S
        self._log = logging.getLogger(f"{standing.site}.api")
        self._wake = asyncio.Event()
        self._trouble = ""
        self._caught_up_ns = 0
        self._caught_up_epoch = 0
        self.in_step_epoch = 0
        standing.when_changed(self._wake.set)

    def is_caught_up(self, role: Role) -> bool:
        """At this epoch, a moment ago, we had everything that the active site has."""
        return self._caught_up_epoch == role.epoch and now_ns() - self._caught_up_ns < RECENT_NS

    async def run(self) -> None:
        """While this site is standby: pull, for ever; at once when the role changes."""
        while True:
            self._wake.clear()
            if self._standing.role.active == self._peer:
                await self.catch_up()
            try:
                await asyncio.wait_for(self._wake.wait(), EVERY_S)
            except TimeoutError:
                pass  # the ordinary turn

    async def catch_up(self) -> bool:
        """Pull until nothing is left; False when that failed, or one of us two goes by an older epoch."""
        try:
            for pages in range(1, MAX_PAGES + 1):
                asked_ns, told_epoch = now_ns(), self.in_step_epoch
                page = await self._page()
                taken = await self._take(page)
                if taken.caught_up:
                    self._tell("")
                    self._caught_up_ns, self._caught_up_epoch = asked_ns, page.role.epoch
                    if pages > 2:
                        self._log.info("caught up with %s: %d pages", self._peer, pages)
                    if told_epoch == self.in_step_epoch and not taken.fresh:
                        return True
                    # News for the active site: in step since this page, or records that no push had brought. Asking
                    # once more tells it now.
                elif page.complete or not page.records:
                    return False
        except (*TROUBLE, ValidationError, DatabaseUnavailable) as problem:
            self._tell(f"can't pull from {self._peer}: {type(problem).__name__} {problem}".strip())
        return False

    async def fetch_rest(self) -> bool:
        """Before a promotion without synchronous replication: what the old active site still has, if it answers."""
        log, after = await self._database.do(lambda records: records.position())
        try:
            for _ in range(MAX_PAGES):
                page = await self._page_behind(log, after)
                await self._database.do(partial(_take_late, page))
                if page.complete:
                    return True
                log, after = page.log, page.position
        except (*TROUBLE, ValidationError, DatabaseUnavailable) as problem:
            self._log.warning("promoted without the rest of %s's log: %s", self._peer, type(problem).__name__)
        return False

    async def _page(self) -> Page:
        return await self._page_behind(*await self._database.do(lambda records: records.position()))

    async def _page_behind(self, log: str, after: int) -> Page:
        query = f"log={log}&after={after}&in_step_epoch={self.in_step_epoch}"
        reply = await ask(self._session, "GET", f"{self._url}?{query}", within_s=self._timeout_s)
        if reply.status != 200:
            raise aiohttp.ClientError(f"it answers {reply.status}")
        return Page.model_validate_json(reply.body)

    async def _take(self, page: Page) -> PageTaken:
        taken = await self._database.do(lambda records: records.take_page(page, self._peer))
        self._standing.learn(taken.role)
        self.in_step_epoch = taken.in_step_epoch
        if taken.set_aside:
            self._log.warning("set aside %d record(s) that %s, the active site, never had", taken.set_aside, self._peer)
        return taken

    def _tell(self, trouble: str) -> None:
        """Log a change, not every repetition."""
        if trouble != self._trouble:
            self._log.warning("%s", trouble or f"in touch with {self._peer}")
            self._trouble = trouble


def _take_late(page: Page, records: Records) -> None:
    records.take_late(page)
