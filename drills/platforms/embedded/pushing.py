"""At the active site: pushes records to the standby, so that they can be acknowledged quickly."""

import asyncio
import logging
from typing import Literal

import aiohttp
from database import Database, DatabaseUnavailable
from pydantic import ValidationError
from records import Page, Pushed, PushTaken, Record
from role import Role
from serving import TROUBLE, Reply, ask
from standing import Standing

from switchdrill.clock import NS_PER_S, now_ns

RECENT_NS = 2_000_000_000
"""A standby that has not pulled for longer is not in step."""
QUEUE_SIZE = 1000
BATCH = 100

Fate = Literal["stored", "withdrawn"]


class Pushes:
    """Confirms records: by a push that the standby took, or by a pull that says how far the standby has come."""

    def __init__(
        self, *, standing: Standing, peer_url: str, session: aiohttp.ClientSession, database: Database, timeout_ns: int
    ) -> None:
        self._standing = standing
        self._url = f"{peer_url}/replica/records"
        self._session = session
        self._database = database
        self._timeout_s = timeout_ns / NS_PER_S
        self._log = logging.getLogger(f"{standing.site}.api")
        self._queue: asyncio.Queue[Record] = asyncio.Queue(QUEUE_SIZE)
        self._waiting: dict[int, asyncio.Future[Fate]] = {}
        self._trouble = ""
        self._pulled_ns = 0
        self._pulled_epoch = 0

    async def confirmed(self, record: Record) -> Fate | None:
        """Push `record` and wait until the other site has it; None when the time is up: its fate is unknown."""
        fate = self._waiting.get(record.seq)
        if fate is None:
            if len(self._waiting) >= QUEUE_SIZE or self._queue.full():
                return None
            fate = self._waiting[record.seq] = asyncio.get_running_loop().create_future()
            self._queue.put_nowait(record)
        done, _ = await asyncio.wait([fate], timeout=self._timeout_s)
        if not done:
            self._waiting.pop(record.seq, None)
            return None
        return fate.result()

    def push_later(self, record: Record) -> None:
        """Push `record`, and nobody waits; when there is no room for it, the next pull brings it."""
        if not self._queue.full():
            self._queue.put_nowait(record)

    def pulled(self, page: Page, *, log: str, after: int, in_step_epoch: int) -> None:
        """The standby pulled: it lives, and has everything up to `after`."""
        if log == page.log:
            self._resolve([seq for seq in self._waiting if seq <= after], "stored")
        self._pulled_ns = now_ns()
        self._pulled_epoch = in_step_epoch

    def is_peer_in_step(self, role: Role) -> bool:
        """The standby was here a moment ago, and is in step at this epoch."""
        return self._pulled_epoch == role.epoch and now_ns() - self._pulled_ns < RECENT_NS

    async def run(self) -> None:
        """Push what is queued, many at a time, for ever."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._push(batch)
                self._tell("")
            except (*TROUBLE, ValidationError, DatabaseUnavailable) as problem:
                self._tell(f"can't push to the other site: {type(problem).__name__} {problem}".strip())

    async def _push(self, batch: list[Record]) -> None:
        role = self._standing.role
        if role.active != self._standing.site:
            return  # those who wait are not told: what becomes of their records is the active site's to say
        pushed = Pushed(sender=self._standing.site, role=role, records=batch)
        reply = await self._ask(pushed.model_dump_json())
        if reply.status not in (200, 409):
            raise aiohttp.ClientError(f"it answers {reply.status}")
        answer = PushTaken.model_validate_json(reply.body)
        if answer.taken:
            await self._confirm([record.seq for record in batch])
        else:
            await self._refused(batch, role, answer)

    async def _refused(self, batch: list[Record], role: Role, answer: PushTaken) -> None:
        """The other site knows a higher epoch. What it has anyway is confirmed; the rest is surely not there."""
        self._log.warning("epoch %d is stale: the other site knows epoch %d", role.epoch, answer.role.epoch)
        self._standing.learn(await self._database.do(lambda records: records.adopt(answer.role)))
        await self._confirm(answer.known)
        refused = [record for record in batch if record.seq not in answer.known]
        now = self._standing.role
        if now.active != self._standing.site:
            seqs = [record.seq for record in refused]
            await self._database.do(lambda records: records.withdraw(seqs))
            self._resolve(seqs, "withdrawn")
        elif now.epoch > role.epoch:
            for record in refused:
                self.push_later(record)

    async def _confirm(self, seqs: list[int]) -> None:
        if seqs:
            await self._database.do(lambda records: records.confirm(seqs))
            self._resolve(seqs, "stored")

    def _resolve(self, seqs: list[int], fate: Fate) -> None:
        for seq in seqs:
            waiting = self._waiting.pop(seq, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(fate)

    async def _ask(self, body: str) -> Reply:
        """Once more at once when a kept connection turned out to be dead; both tries share one time-out."""
        until_ns = now_ns() + int(self._timeout_s * NS_PER_S)
        try:
            return await ask(self._session, "POST", self._url, within_s=self._timeout_s, json=body)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            left_s = max(0.05, (until_ns - now_ns()) / NS_PER_S)
            return await ask(self._session, "POST", self._url, within_s=left_s, json=body)

    def _tell(self, trouble: str) -> None:
        """Log a change, not every repetition."""
        if trouble != self._trouble:
            self._log.warning("%s", trouble or "pushes go through")
            self._trouble = trouble
