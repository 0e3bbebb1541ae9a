"""What every program in the containers does alike: a log on stderr, a clean end on SIGTERM, loops that may not die."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence


def setting(name: str) -> str:
    """A variable that compose.yaml gives; the program ends when it does not."""
    value = os.environ.get(name, "")
    if not value:
        sys.stderr.write(f"{sys.argv[0]}: compose.yaml gives this container no {name}\n")
        raise SystemExit(1)
    return value


def start_log() -> None:
    """Lines on stderr, with the time for people: `docker logs` keeps them."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s.%(msecs)03d %(name)s: %(message)s",
        datefmt="%H:%M:%S",
        stream=sys.stderr,
    )


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """Run `main` with an event that SIGTERM or Ctrl-C sets; the exit code."""

    async def guarded() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await main(stop)

    start_log()
    asyncio.run(guarded())
    return 0


async def until_stopped(stop: asyncio.Event, loops: Sequence[Coroutine[None, None, None]]) -> None:
    """Run `loops` until `stop`. One that dies takes the program with it: half a service is worse than none."""
    stopping = asyncio.create_task(_wait_for(stop))
    tasks = [stopping, *(asyncio.create_task(loop) for loop in loops)]
    try:
        done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if stopping not in done:
            raise RuntimeError("a loop of this program ended")
    finally:
        for task in tasks:
            task.cancel()


async def _wait_for(stop: asyncio.Event) -> None:
    await stop.wait()
