"""Gifts in the site's PostgreSQL: written once, read again by prefix. Few connections, none of them waited for long.

In disorder (`dependency-misplaced`) they are in the other site's, on replication's way through the border.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import disarray
from postgres import SaidNo, Session, Unanswered

MOST_AT_ONCE = 16
MOST_WAITING = 200
ANSWER_S = 1.0
READ_S = 3.0
MOST_LISTED = 100_000
Answer = TypeVar("Answer")
Place = tuple[str, int]


class TooBusy(Exception):
    """So many wait already that this one was not even begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """`id` is the sender's own: sent again, it is no second gift."""

    id: str
    amount: int
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Gifts, and which server had them."""

    server: str
    """Its own address, as it says itself."""
    records: list[dict[str, str | int]]


class Ledger:
    """Used from the event loop; works in threads of its own."""

    def __init__(self, own: Place, *, others: Place, site: str) -> None:
        self._own = own
        self._others = others
        self._site = site
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="ledger")
        self._idle: list[tuple[Place, Session]] = []
        self._waiting = 0

    async def write(self, gift: Gift, *, epoch: int) -> str:
        """`written`, `known` (the same gift was there already), or `other` (its id is another gift's).

        Raises SaidNo when surely nothing was written, Unanswered when nobody knows, TooBusy.
        """
        sql = (
            "WITH new AS (INSERT INTO gifts (id, amount, sender, site, epoch) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (id) DO NOTHING RETURNING amount, sender)"
            " SELECT 'written', amount, sender FROM new UNION ALL"
            " SELECT 'known', amount, sender FROM gifts WHERE id = %s"
        )

        def work(session: Session) -> str:
            rows = session.ask(sql, [gift.id, gift.amount, gift.sender, self._site, epoch, gift.id])
            if not rows:
                raise Unanswered("somebody else is writing the same id")
            what, amount, sender = rows[0]
            return str(what) if (amount, sender) == (gift.amount, gift.sender) else "other"

        return await self._do(work, within_s=ANSWER_S)

    async def listed(self, prefix: str) -> Listed:
        """Every gift whose id begins so."""

        def work(session: Session) -> Listed:
            [(server,)] = session.ask("SELECT host(inet_server_addr())")
            sql = "SELECT id, count(*), sum(amount)::bigint FROM gifts WHERE starts_with(id, %s) GROUP BY id LIMIT %s"
            rows = session.ask(sql, [prefix, MOST_LISTED])
            records: list[dict[str, str | int]] = [
                {"id": str(key), "times": int(times or 0), "amount": int(amount or 0)} for key, times, amount in rows
            ]
            return Listed(server=str(server), records=records)

        return await self._do(work, within_s=READ_S)

    async def note_once(self, key: str) -> bool:
        """Whether it was noted now, for the first time ever."""
        sql = "INSERT INTO notes VALUES (%s, '') ON CONFLICT DO NOTHING RETURNING key"
        return bool(await self._do(lambda session: session.ask(sql, [key]), within_s=ANSWER_S))

    async def _do(self, work: Callable[[Session], Answer], *, within_s: float) -> Answer:
        if self._waiting >= MOST_WAITING:
            raise TooBusy(f"{MOST_WAITING} others wait already")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._work, work, within_s)
        finally:
            self._waiting -= 1

    def _work(self, work: Callable[[Session], Answer], within_s: float) -> Answer:
        place = self._others if disarray.what("dependency-misplaced") == "database" else self._own
        session = self._session(place, within_s)
        try:
            answer = work(session)
        except SaidNo:
            self._idle.append((place, session))
            raise
        self._idle.append((place, session))
        return answer

    def _session(self, place: Place, within_s: float) -> Session:
        """One that is idle, if its server has not closed it meanwhile; else a new one, which can't have written yet."""
        for _each in range(MOST_AT_ONCE):
            try:
                at, session = self._idle.pop()
            except IndexError:  # none, or another thread was quicker
                break
            if at == place and session.is_quiet():
                session.limit_s = within_s
                return session
            session.close()
        try:
            return Session(*place, limit_s=within_s)
        except Unanswered as problem:
            raise SaidNo(f"the database can't be reached: {problem}") from problem
