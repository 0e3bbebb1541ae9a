"""What every process of this platform does alike: options, a log on stderr, a clean end on SIGTERM."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path

from switchdrill.errors import SwitchdrillError

EXIT_STOPPED = 0


def options(says: str | None, *, reads_platform: bool = True) -> argparse.ArgumentParser:
    """A parser whose --help is the module's docstring."""
    parser = argparse.ArgumentParser(description=says, formatter_class=argparse.RawDescriptionHelpFormatter)
    if reads_platform:
        parser.add_argument("--platform", type=Path, required=True, help="the resolved platform file")
    return parser


def start_log() -> None:
    """Lines on stderr, with the time for people; whoever starts us keeps them in a file."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s.%(msecs)03d %(name)s: %(message)s",
        datefmt="%H:%M:%S",
        stream=sys.stderr,
    )


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """Run `main` with an event that SIGTERM or Ctrl-C sets; the exit code. Errors are told in the house's shape."""

    async def guarded() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await main(stop)

    start_log()
    return told(lambda: asyncio.run(guarded()))


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


def told(action: Callable[[], None]) -> int:
    """Do it; 0, or an error's own exit code after printing it."""
    try:
        action()
    except SwitchdrillError as problem:
        sys.stderr.write(f"{Path(sys.argv[0]).name}: {problem}\n")
        return problem.exit_code
    return EXIT_STOPPED
