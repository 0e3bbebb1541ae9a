"""The relay of a platform's DNS: `python -m switchdrill_faults.names.relay --platform FILE`.

It listens where viewers, probes and resolvers ask, and asks whoever is behind: the `relay` fronts of `names` in the
platform's file. It disturbs nothing until it is told to, at `control`; what it was told is gone when it ends.
"""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from pydantic import ValidationError

from switchdrill.errors import BadInput, CouldNotStart, SwitchdrillError
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.platform.names import Relay
from switchdrill.platform.resolved import read_resolved
from switchdrill.text import _
from switchdrill_faults.names.front import Front, listening
from switchdrill_faults.names.words import LONGEST_LINE, Command, Met, Told


class Control:
    """Where the relay is told what to disturb; everything is done in the one thread, between two questions."""

    def __init__(self, fronts: dict[str, Front]) -> None:
        self._fronts = fronts

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, command by command."""
        try:
            while line := await reader.readline():
                writer.write(self.obey(line).model_dump_json().encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):
            return  # gone, or talks without an end
        finally:
            writer.close()

    def obey(self, line: bytes) -> Told:
        try:
            command = Command.model_validate_json(line)
        except ValidationError as problem:
            return Told(problem=str(problem))
        unknown = [rule.resolver for rule in command.rules if rule.resolver not in self._fronts]
        if unknown:
            return Told(problem=f"no front of {', '.join(unknown)}")
        for rule in command.rules if command.do == "lay" else ():
            self._fronts[rule.resolver].lay(rule)
        for each in command.ids if command.do == "lift" else ():
            for front in self._fronts.values():
                front.lift(each)
        laid = [active for front in self._fronts.values() for active in front.laid]
        return Told(laid=[Met(rule=active.rule, hits=active.hits) for active in laid])


async def relay(platform: Platform, stop: asyncio.Event) -> None:
    """Until told to stop. CouldNotStart when an address is taken, BadInput when the platform has no such front."""
    relays = _relays(platform)
    fronts = {name: Front(split_endpoint(each.upstream)) for name, each in relays.items()}
    async with AsyncExitStack() as stack:
        for name, front in fronts.items():
            await stack.enter_async_context(listening(front, split_endpoint(str(platform.asked_at(name)))))
        for control in dict.fromkeys(each.control for each in relays.values()):
            own = {name: fronts[name] for name, each in relays.items() if each.control == control}
            try:
                server = await asyncio.start_server(Control(own).serve, *split_endpoint(control), limit=LONGEST_LINE)
            except OSError as problem:
                raise CouldNotStart(
                    _("can't listen on {place}").format(place=control),
                    because=problem.strerror,
                    now=_("end the process that holds it"),
                ) from problem
            stack.callback(server.close)
        logging.getLogger("names").info("in front of %s", ", ".join(fronts))
        await stop.wait()


def _relays(platform: Platform) -> dict[str, Relay]:
    found = {front.resolver: front.relay for front in platform.names if front.relay is not None}
    if not found:
        raise BadInput(_("the platform's file names no relay under `names`"))
    return found


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", type=Path, required=True, help="the resolved platform file")
    asked = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await relay(read_resolved(asked.platform), stop)

    try:
        asyncio.run(run())
    except SwitchdrillError as problem:
        sys.stderr.write(f"names: {problem}\n")
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
