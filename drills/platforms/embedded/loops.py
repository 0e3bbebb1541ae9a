"""What every program of a platform does alike: a log on stderr, a clean end on SIGTERM, loops that may not die.

The staging platform's programs use it, too, mounted into their containers: of the framework, nothing is imported here.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence


def start_log() -> None:
    """Lines on stderr, with the time for people; whoever starts us keeps them."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s.%(msecs)03d %(name)s: %(message)s",
        datefmt="%H:%M:%S",
        stream=sys.stderr,
    )


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `main` with an event that SIGTERM or Ctrl-C sets."""

    async def guarded() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await main(stop)

    start_log()
    asyncio.run(guarded())


async def until_stopped(stop: asyncio.Event, loops: Sequence[Coroutine[None, None, None]]) -> None:
    """Run `loops` until `stop`. One that dies takes the process with it: half a service is worse than none."""

    async def stopped() -> None:
        await stop.wait()

    stopping = asyncio.create_task(stopped())
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        while not stop.is_set():
            done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task in done:
                    task.result()
            tasks = [task for task in tasks if task not in done]
    finally:
        for task in (stopping, *tasks):
            task.cancel()
