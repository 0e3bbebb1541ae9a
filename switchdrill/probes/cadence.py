"""Open loop: slot k is asked at start + k * every, whatever became of the slots before it."""

import asyncio
import contextlib
import sys
import traceback
from collections.abc import Callable

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.platform.targets import Target
from switchdrill.probes.answer import Notes, outcome_of
from switchdrill.probes.question import Question
from switchdrill.record.samples import Outcome, Sample

MOST_IN_FLIGHT = 256
"""Per target. More than a time-out's worth of slots never wait; this bound holds the memory if they should."""
MOST_TRACEBACKS = 20

_told = 0


class Cadence:
    """Asks one question again and again, every slot a task of its own; each slot is recorded exactly once."""

    def __init__(self, target: Target, question: Question, record: Callable[[Sample], None]) -> None:
        self._target = target
        self._question = question
        self._record = record
        self._in_flight: set[asyncio.Task[None]] = set()

    async def run(self, start_ns: int) -> None:
        """For ever, until cancelled."""
        slot = 0
        while True:
            planned_ns = start_ns + slot * self._target.every_ns
            wait_ns = planned_ns - now_ns()
            if wait_ns > 0:
                await asyncio.sleep(wait_ns / NS_PER_S)
            if now_ns() - planned_ns >= self._target.every_ns or len(self._in_flight) >= MOST_IN_FLIGHT:
                self._record(_missed(slot, planned_ns))
                if slot % MOST_IN_FLIGHT == 0:
                    await asyncio.sleep(0)  # catching up after a long freeze must not freeze the rest
            else:
                task = asyncio.create_task(self._ask(slot, planned_ns))
                self._in_flight.add(task)
                task.add_done_callback(self._in_flight.discard)
            slot += 1

    async def drain(self) -> None:
        """Wait for the slots that were asked; each ends by its own time-out."""
        while self._in_flight:
            await asyncio.wait(set(self._in_flight))

    async def _ask(self, slot: int, planned_ns: int) -> None:
        notes = Notes()
        sent_ns = now_ns()
        try:
            async with asyncio.timeout(self._target.timeout_ns / NS_PER_S):
                outcome = await self._question.ask(slot, notes)
        except Exception as problem:  # a bug in one question must not stop the others: recorded as UNKNOWN, and told
            named = outcome_of(problem)
            outcome = Outcome.UNKNOWN if named is None else named
            if named is None:
                _tell(self._target, problem)
        ended_ns = now_ns()
        if outcome == Outcome.TIMED_OUT and ended_ns - sent_ns > self._target.timeout_ns + self._target.every_ns:
            outcome = Outcome.UNKNOWN  # our own timer was late by a period: the answer may have been there in time
        if outcome == Outcome.TIMED_OUT and notes.waits_for_us:
            outcome = Outcome.UNKNOWN  # the answer was there in time, and we were too slow to look at it
        self._record(
            Sample(slot, planned_ns, sent_ns, ended_ns, outcome, notes.site, notes.v0, notes.v1, notes.v2, notes.v3)
        )


def _missed(slot: int, planned_ns: int) -> Sample:
    return Sample(slot, planned_ns, 0, now_ns(), Outcome.UNKNOWN, 0)


def _tell(target: Target, problem: Exception) -> None:
    """On stderr, which is the run's `samples/prober.log`; not for ever."""
    global _told
    _told += 1
    if _told <= MOST_TRACEBACKS:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{target.name}: not measured\n" + "".join(traceback.format_exception(problem)))
            sys.stderr.flush()
