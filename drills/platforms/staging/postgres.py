"""PostgreSQL by psycopg2, with an end to every wait. The only file that imports it: it has no types.

libpq itself waits for ever on a server that is frozen: connected and silent. So it is used in its non-blocking way, and
whoever waits looks at the clock.
"""

import select
from collections.abc import Sequence
from typing import cast

import psycopg2  # type: ignore[import-untyped]
import psycopg2.extensions  # type: ignore[import-untyped]
from instants import now_s

Value = str | int | float | bool | None
Row = tuple[Value, ...]
_CANCELLED_WAIT = "canceling wait for synchronous replication"


class Unanswered(Exception):
    """No answer in time, or the connection was lost: what was asked may have happened."""


class SaidNo(Exception):
    """The server refused; nothing has happened."""


class Session:
    """One connection, in autocommit: each statement is its own transaction. One user at a time."""

    def __init__(self, host: str, port: int, *, database: str = "live", limit_s: float) -> None:
        """Connect. Unanswered, or SaidNo, when that does not work within `limit_s`."""
        self.limit_s = limit_s
        dsn = f"host={host} port={port} user=postgres dbname={database} connect_timeout=2 tcp_user_timeout=2000"
        self._deadline_s = now_s() + limit_s
        try:
            # async_ leaves the waiting to us.
            self._connection = psycopg2.connect(dsn, async_=True)
            self._wait()
        except psycopg2.Error as problem:
            raise Unanswered(_line(problem)) from problem

    def ask(self, sql: str, arguments: Sequence[Value] = ()) -> list[Row]:
        """The rows of one statement. After Unanswered the session is closed."""
        self._deadline_s = now_s() + self.limit_s
        try:
            cursor = self._connection.cursor()
            cursor.execute(sql, list(arguments))
            self._wait()
            rows = cursor.fetchall() if cursor.description else []
        except psycopg2.OperationalError as problem:
            self.close()
            raise Unanswered(_line(problem)) from problem
        except psycopg2.InterfaceError as problem:
            self.close()
            raise Unanswered(_line(problem)) from problem
        except psycopg2.Error as problem:
            if self._connection.closed:
                raise Unanswered(_line(problem)) from problem
            raise SaidNo(_line(problem)) from problem
        if any(_CANCELLED_WAIT in notice for notice in self._connection.notices):
            self.close()
            raise Unanswered("written here; the standby did not confirm")
        return cast("list[Row]", rows)

    def is_quiet(self) -> bool:
        """False when the server has something to say unasked: that is how it says goodbye."""
        return not self._connection.closed and not any(select.select([self._connection.fileno()], [], [], 0))

    def close(self) -> None:
        if not self._connection.closed:
            self._connection.close()

    def _wait(self) -> None:
        while True:
            state = self._connection.poll()
            if state == psycopg2.extensions.POLL_OK:
                return
            left_s = self._deadline_s - now_s()
            fd = [self._connection.fileno()]
            is_reading = state == psycopg2.extensions.POLL_READ
            ready = left_s > 0 and any(select.select(fd if is_reading else [], [] if is_reading else fd, [], left_s))
            if not ready:
                self.close()
                raise Unanswered(f"no answer within {self.limit_s:g} s")


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:200] or type(problem).__name__
