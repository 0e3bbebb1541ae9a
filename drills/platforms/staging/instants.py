"""The one place of these programs that reads a clock. In containers there is no switchdrill to ask."""

import time
from datetime import UTC, datetime


def now_s() -> float:
    """CLOCK_MONOTONIC in seconds; for ages and deadlines within one program."""
    return time.monotonic()


def now_ns() -> int:
    """CLOCK_MONOTONIC in nanoseconds: the same clock for all containers of a machine, and for who drills them."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def wall_ms() -> int:
    """The time of day in milliseconds since 1970; sites of one platform are assumed to agree on it to a second."""
    return time.time_ns() // 1_000_000


def date() -> datetime:
    """The time of day, with its zone."""
    return datetime.now(UTC)
