"""The GSLB: health checks, the decision who is active, and DNS answers that send viewers there.

DNS over UDP and TCP at settings.gslb_dns. Admin over HTTP at settings.gslb_admin: GET /state, POST /steer
{"to": SITE}. Its rule is the platform file's `detector`; what it does goes to STATE/gslb.events.jsonl; its memory is
STATE/gslb.decision.json.
"""

import asyncio
import logging
import sys
from functools import partial
from pathlib import Path

from aiohttp import web
from authority import Authority
from decrees import Decrees
from dns_server import dns_server
from event_log import EventLog
from gslb_state import SiteState, State, SteerAnswer, SteerCommand
from loops import until_stopped
from program import options, run
from pydantic import ValidationError
from serving import app_runner, http_client, http_server
from steering import Steering
from watching import Check, check_once, watch
from wiring import detector_of, serving_sites, settings_of, url, way

from switchdrill.clock import NS_PER_S
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.platform.resolved import read_resolved


class Admin:
    """The admin's requests."""

    def __init__(self, steering: Steering, decrees: Decrees) -> None:
        self._steering = steering
        self._decrees = decrees

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10_000)
        app.router.add_get("/state", self._state)
        app.router.add_post("/steer", self._steer)
        return app

    async def _state(self, _request: web.Request) -> web.Response:
        decision = self._steering.decision
        sites = {}
        for site, watched in self._steering.watched.items():
            last = watched.last
            sites[site] = SiteState(
                declared_down=site in decision.declared_down,
                acknowledged_epoch=self._decrees.acknowledged[site],
                failures=watched.failures,
                successes=watched.successes,
                last_check="none yet" if last is None else last.trouble or "passed",
                why_not="" if decision.role.active == site else self._steering.why_not(site),
            )
        state = State(role=decision.role, answering=decision.answering, sites=sites)
        return web.json_response(text=state.model_dump_json())

    async def _steer(self, request: web.Request) -> web.Response:
        try:
            command = SteerCommand.model_validate_json(await request.read())
        except ValidationError:
            answer, status = SteerAnswer(done=False, says='a body of {"to": SITE} is expected'), 400
        else:
            answer = await self._steering.steer(command.to)
            status = 200 if answer.done else 409
        return web.json_response(text=answer.model_dump_json(), status=status)


async def serve(platform: Platform, state: Path, stop: asyncio.Event) -> None:
    """Put the parts together and run until told to stop."""
    detector = detector_of(platform)
    settings = settings_of(platform)
    place = split_endpoint(settings.gslb_dns)
    sites = serving_sites(platform)
    urls = {site: url(way(platform, f"{site}.api--gslb")) for site in sites}
    names = {entry.name for entry in platform.entries.values()}
    known_as = split_endpoint(platform.authority or settings.gslb_dns)
    authority = Authority(names, known_as, ttl_s=max(1, detector.ttl // NS_PER_S))
    events = EventLog(state / "gslb.events.jsonl")
    async with http_client(keeps_connections=False) as session:

        async def check(site: str) -> Check:
            return await check_once(session, urls[site], detector.timeout)

        decrees = Decrees(urls=urls, session=session, events=events, outdone=lambda role: steering.outdone(role))
        steering = Steering(
            platform=platform,
            settings=settings,
            authority=authority,
            decrees=decrees,
            events=events,
            check=check,
            file=state / "gslb.decision.json",
        )
        async with (
            dns_server(authority.answer, place),
            http_server(app_runner(Admin(steering, decrees).app()), split_endpoint(settings.gslb_admin)),
        ):
            await steering.start()
            logging.getLogger("gslb").info("DNS at %s:%d, %s is active", *place, steering.decision.role.active)
            watches = [watch(detector, partial(check, site), partial(steering.seen, site)) for site in sites]
            await until_stopped(stop, [*watches, *(decrees.run(site) for site in sites)])
    events.close()


def main(argv: list[str] | None = None) -> int:
    parser = options(__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder of the event log and the memory")
    asked = parser.parse_args(argv)
    return run(lambda stop: serve(read_resolved(asked.platform), asked.state, stop))


if __name__ == "__main__":
    sys.exit(main())
