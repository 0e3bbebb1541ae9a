"""The one place that reads a clock or waits.

Durations come from CLOCK_MONOTONIC only, in integer nanoseconds. It is one clock for every process of a host, so the
injector, the prober, the load and the platform's own logs can be compared without an exchange. The wall clock is read
once a run, as an anchor for people.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from switchdrill.errors import DeadlinePassed
from switchdrill.text import _

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000

Seen = TypeVar("Seen")


def now_ns() -> int:
    """CLOCK_MONOTONIC in nanoseconds: comparable between processes of this host until it reboots."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def boot_id() -> str:
    """Names the boot that `now_ns` counts from; two readings compare only under the same boot id."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One pair of readings of the two clocks, taken back to back: turns a run's instants into dates for people."""

    mono_ns: int
    wall: str
    """ISO 8601 with zone, microseconds."""
    boot_id: str

    def date(self, at_ns: int) -> datetime:
        """The wall-clock date of a monotonic instant, as this anchor sees it."""
        offset_us = (at_ns - self.mono_ns) / 1000
        start = datetime.fromisoformat(self.wall)
        return datetime.fromtimestamp(start.timestamp() + offset_us / 1e6, tz=start.tzinfo)


def anchor() -> Anchor:
    """Read both clocks now."""
    return Anchor(mono_ns=now_ns(), wall=datetime.now(UTC).isoformat(timespec="microseconds"), boot_id=boot_id())


def wall_s() -> int:
    """The time of day, in seconds: to compare it with what another program tells."""
    return int(time.time())


def pause(seconds: float) -> None:
    """Wait; only for pacing a loop that has its own deadline."""
    if seconds > 0:
        time.sleep(seconds)


def wait_until(
    condition: Callable[[], Seen], *, within_s: float, every_s: float = 0.05, what: str, saw: Callable[[], str] = str
) -> Seen:
    """Ask `condition` until it answers something true, and return that.

    Raises DeadlinePassed after `within_s`, with what was waited for and what `saw` says was seen last.
    """
    deadline = now_ns() + int(within_s * NS_PER_S)
    while True:
        answer = condition()
        if answer:
            return answer
        if now_ns() >= deadline:
            raise DeadlinePassed(
                _("{what}: not within {seconds:g} s").format(what=what, seconds=within_s),
                because=saw() or None,
            )
        pause(every_s)
