"""The one thread that writes a ledger: many waiting writes share one commit, so one sync to disk."""

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from records import Records

QUEUE_SIZE = 2000
BATCH = 100

Answer = TypeVar("Answer")


class DatabaseUnavailable(Exception):
    """The write was not made, or its fate is unknown; the message says which."""


class Database:
    """Runs functions on the ledger, one after the other; each is on disk when its answer is there."""

    def __init__(self, file: Path, site: str) -> None:
        self.file = file
        self._site = site
        self._jobs: queue.Queue[_Job | None] = queue.Queue(QUEUE_SIZE)
        self._is_ending = threading.Event()
        self._log = logging.getLogger("database")
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="database", daemon=True)
        self._thread.start()

    async def do(self, operation: Callable[[Records], Answer]) -> Answer:
        """Run `operation` in a transaction; its answer is given when that is committed and synced.

        Raises DatabaseUnavailable when it could not be committed.
        """
        done: asyncio.Future[Answer] = self._loop.create_future()
        try:
            self._jobs.put_nowait(_Work(operation, done))
        except queue.Full:
            raise DatabaseUnavailable("too many writes are waiting; this one was not begun") from None
        return await done

    def close(self) -> None:
        """End the thread, after what is waiting."""
        self._is_ending.set()
        with contextlib.suppress(queue.Full):
            self._jobs.put_nowait(None)  # wakes it
        self._thread.join(0.5)

    def _run(self) -> None:
        records: Records | None = None
        while not (self._is_ending.is_set() and self._jobs.empty()):
            jobs = self._next_batch()
            problem: Exception | None = None
            try:
                records = records or Records(self.file, self._site)
                _commit(records, jobs)
            except Exception as raised:
                # Whatever it is, those who wait must hear of it and the next batch gets its chance.
                self._log.exception("a transaction failed")
                problem = DatabaseUnavailable(f"the transaction failed: {raised}")
                records = None if isinstance(raised, sqlite3.Error) else records
            try:
                self._loop.call_soon_threadsafe(_settle, jobs, problem)
            except RuntimeError:
                return  # the loop is closed: the process is on its way out

    def _next_batch(self) -> "list[_Job]":
        """Waits for one, and takes what else is there, up to a limit."""
        batch = [self._jobs.get()]
        while len(batch) < BATCH and not self._jobs.empty():
            batch.append(self._jobs.get_nowait())
        return [job for job in batch if job is not None]


class _Job(Protocol):
    def run(self, records: Records) -> None: ...
    def settle(self, problem: Exception | None) -> None: ...


class _Work(Generic[Answer]):
    def __init__(self, operation: Callable[[Records], Answer], done: asyncio.Future[Answer]) -> None:
        self._operation = operation
        self._done = done
        self._answers: list[Answer] = []

    def run(self, records: Records) -> None:
        self._answers = [self._operation(records)]

    def settle(self, problem: Exception | None) -> None:
        if self._done.done():
            return  # whoever asked has gone
        if problem is not None:
            self._done.set_exception(problem)
        else:
            self._done.set_result(self._answers[0])


def _commit(records: Records, jobs: Sequence[_Job]) -> None:
    connection = records.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        for job in jobs:
            job.run(records)
        connection.execute("COMMIT")
    except BaseException:  # whatever ends it: a half transaction would hold the database's lock
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _settle(jobs: Sequence[_Job], problem: Exception | None) -> None:
    for job in jobs:
        job.settle(problem)
