"""What Locust runs, as a subprocess; `audience.py` has the command line. Never imported by the engine.

Locust patches sockets before anything of ours is imported, so that all of it waits
cooperatively. Stdout carries our lines only; whatever Locust prints goes to stderr.
"""

import contextlib
import logging
import os
import sys
from argparse import ArgumentParser, Namespace

import gevent
from gevent.socket import wait_read
from locust import User, constant, events, task
from locust.env import Environment
from locust.exception import StopUser

from switchdrill.errors import EXIT_NOT_STARTED, SwitchdrillError
from switchdrill.load.house import House, open_house
from switchdrill.load.viewer import Told
from switchdrill.machine.linepipe import LinePipe

STDIN, STDOUT, STDERR = 0, 1, 2
QUIT_WITHIN_S = 0.7

_lines = LinePipe(os.dup(STDOUT))
os.dup2(STDERR, STDOUT)
_houses: list[House] = []
"""One, from `init` on: Locust makes the users, and gives them nothing but the environment."""


def _options(parser: ArgumentParser) -> None:
    parser.add_argument("--drill-folder", required=True)
    parser.add_argument("--drill-profile", required=True)
    parser.add_argument("--drill-player-timeout", type=float, required=True)


def _open(environment: Environment, **_kwargs: object) -> None:
    asked = environment.parsed_options or Namespace()
    try:
        house = open_house(
            asked.drill_folder,
            asked.drill_profile,
            timeout_s=asked.drill_player_timeout,
            lines=_lines,
            told=_told_to(environment),
        )
    except (SwitchdrillError, OSError, ValueError, KeyError) as problem:
        _die(problem)
        return
    _houses.append(house)
    gevent.spawn(_leave_when_alone, environment, house)


def _begin(environment: Environment, **_kwargs: object) -> None:  # noqa: ARG001 - Locust passes it by name
    _houses[0].begin()
    gevent.spawn(_report, _houses[0])


def _end(environment: Environment, **_kwargs: object) -> None:  # noqa: ARG001 - Locust passes it by name
    try:
        _houses[0].close()
    except SwitchdrillError as problem:
        _die(problem)


class Watcher(User):
    """One viewer; Locust gives each a greenlet."""

    wait_time = constant(0)

    @task
    def watch(self) -> None:
        try:
            _houses[0].seat_one()
        except Exception as problem:
            # Locust would call it again, for ever; a viewer that fell over is counted as gone instead.
            logging.getLogger(__name__).exception("a viewer's loop ended")
            raise StopUser from problem


def _told_to(environment: Environment) -> Told:
    def told(name: str, took_ns: int, size: int, problem: Exception | None) -> None:
        environment.events.request.fire(  # type: ignore[no-untyped-call]
            request_type="DNS" if name == "resolve" else "GET",
            name=name,
            response_time=took_ns / 1e6,
            response_length=size,
            exception=problem,
            context={},
        )

    return told


def _report(house: House) -> None:
    try:
        house.report()
    except Exception as problem:  # whatever it is: a load that tells nothing any more must not seem to live
        _die(problem)


def _leave_when_alone(environment: Environment, house: House) -> None:
    """The end of stdin is the runner's word, or its death."""
    while True:
        wait_read(STDIN)
        if not os.read(STDIN, 4096):
            break
    try:
        house.close()
    except SwitchdrillError as problem:
        _die(problem)
    # Locust's own way out writes its files; it may not take longer than the runner waits.
    gevent.spawn_later(QUIT_WITHIN_S, os._exit, 0)
    if environment.runner is not None:
        environment.runner.quit()


def _die(problem: Exception) -> None:
    """At once and loudly: a greenlet's exception would only be a line in Locust's log."""
    with contextlib.suppress(OSError):  # on a full disk there is no room for words either
        sys.stderr.write(f"switchdrill: {problem}\n")
        sys.stderr.flush()
    os._exit(problem.exit_code if isinstance(problem, SwitchdrillError) else EXIT_NOT_STARTED)


events.init_command_line_parser.add_listener(_options)  # type: ignore[no-untyped-call]
events.init.add_listener(_open)  # type: ignore[no-untyped-call]
events.test_start.add_listener(_begin)  # type: ignore[no-untyped-call]
events.quitting.add_listener(_end)  # type: ignore[no-untyped-call]
