"""The API of one site: gifts, room metadata, danmaku, health, and its half of the replication.

For everybody: POST /gifts, GET /gifts?prefix=, GET and PUT /rooms/ROOM, GET /danmaku/ROOM (WebSocket), GET
/health/shallow, GET /health/deep. Between the parts of the platform: POST and GET /role (the GSLB), POST
/rooms/ROOM/segments (the origin), POST /replica/records, GET /replica/changes and POST /danmaku (the other site).

A gift is acknowledged (200) when this site is active at the newest epoch it has heard of, and the other site has stored
the gift, too, or is declared down. 409: surely not stored. 503: it may be stored, or not.
"""

import asyncio
import json
import logging
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from checks_failing import ChecksFailing
from danmaku import Danmaku
from database import Database, DatabaseUnavailable
from disarray import Disarray
from elsewhere import Elsewhere
from health import Examination
from loops import until_stopped
from program import options, run
from pulling import Pulls
from pushing import Pushes
from pydantic import ValidationError
from records import Pushed, acknowledged_gifts
from role import Role, RoleTaken
from rooms import EncoderParameters, NewestSegment, Room
from serving import CORS, app_runner, http_client, http_server
from standing import Standing
from wiring import Settings, inside, peer_of, serving_sites, settings_of, url, way
from writing import Gift, Writing, Written

from switchdrill.errors import CouldNotStart
from switchdrill.platform.model import Platform
from switchdrill.platform.resolved import read_resolved

LIST_TIMEOUT_S = 5.0
FIRST_ROOM_EVERY_S = 0.2


class Api:
    """The requests, each turned into a question to the part that knows."""

    def __init__(
        self,
        *,
        standing: Standing,
        database: Database,
        pushes: Pushes,
        pulls: Pulls,
        writing: Writing,
        danmaku: Danmaku,
        examination: Examination,
        elsewhere: Elsewhere,
        checks: ChecksFailing,
        settings: Settings,
    ) -> None:
        self._standing = standing
        self._elsewhere = elsewhere
        self._checks = checks
        self._database = database
        self._pushes = pushes
        self._pulls = pulls
        self._writing = writing
        self._danmaku = danmaku
        self._examination = examination
        self._settings = settings

    def app(self) -> web.Application:
        app = web.Application(client_max_size=4_000_000, middlewares=[_explained])
        app.router.add_get("/health/shallow", self._shallow)
        app.router.add_get("/health/deep", self._deep)
        app.router.add_post("/gifts", self._gift)
        app.router.add_get("/gifts", self._gifts)
        app.router.add_get("/rooms/{room}", self._room)
        app.router.add_put("/rooms/{room}", self._put_room)
        app.router.add_post("/rooms/{room}/segments", self._segment_arrived)
        app.router.add_get("/danmaku/{room}", self._danmaku.join)
        app.router.add_post("/danmaku", self._forwarded)
        app.router.add_get("/role", self._role)
        app.router.add_post("/role", self._take_role)
        app.router.add_post("/replica/records", self._take_records)
        app.router.add_get("/replica/changes", self._changes)
        return app

    async def _shallow(self, _request: web.Request) -> web.Response:
        return web.Response(text="alive\n", headers=CORS)

    async def _deep(self, request: web.Request) -> web.Response:
        if request.query.get("by") == "gslb" and self._checks.fails_this_one():
            return _json('{"reason": "this check was made to fail"}', status=503)
        health = await self._examination.health()
        return _json(health.model_dump_json(), status=200 if health.ok else 503)

    async def _gift(self, request: web.Request) -> web.Response:
        if self._elsewhere.is_asked("database"):
            return await self._elsewhere.answer(request)
        return _answer(await self._writing.gift(Gift.model_validate_json(await request.read())))

    async def _gifts(self, request: web.Request) -> web.Response:
        if self._elsewhere.is_asked("database"):
            return await self._elsewhere.answer(request)
        prefix = request.query.get("prefix", "")
        async with asyncio.timeout(LIST_TIMEOUT_S):
            rows = await asyncio.to_thread(acknowledged_gifts, self._database.file, prefix)
        records = [{"id": key, "times": 1, "amount": Gift.model_validate_json(body).amount} for key, body in rows]
        return _json(json.dumps({"site": self._standing.site, "records": records}))

    async def _room(self, request: web.Request) -> web.Response:
        name = request.match_info["room"]
        record = await self._database.do(lambda records: records.room(name))
        return _json(record.body) if record else _json('{"reason": "this room is not known here"}', status=404)

    async def _put_room(self, request: web.Request) -> web.Response:
        room = Room.model_validate_json(await request.read())
        if room.room != request.match_info["room"]:
            return _json('{"reason": "the room in the address is another than the one in the body"}', status=400)
        return _answer(await self._writing.room(room))

    async def _segment_arrived(self, request: web.Request) -> web.Response:
        newest = NewestSegment.model_validate_json(await request.read())
        if request.match_info["room"] == self._settings.room:
            self._examination.segment_arrived(newest.sequence, newest.started_ns)
        return await self._room(request)

    async def _forwarded(self, request: web.Request) -> web.Response:
        self._danmaku.forwarded(await request.read())
        return _json("{}")

    async def _role(self, _request: web.Request) -> web.Response:
        return self._role_taken(200)

    async def _take_role(self, request: web.Request) -> web.Response:
        role = Role.model_validate_json(await request.read())
        promoted = role.active == self._standing.site and self._standing.plays == "standby"
        if promoted and self._settings.replication == "asynchronous" and role.epoch > self._standing.role.epoch:
            await self._pulls.fetch_rest()
        self._standing.learn(await self._database.do(lambda records: records.adopt(role)))
        return self._role_taken(409 if self._standing.role.epoch > role.epoch else 200)

    def _role_taken(self, status: int) -> web.Response:
        guarded = self._writing.is_guarded()
        taken = RoleTaken(site=self._standing.site, role=self._standing.role, guarded=guarded)
        return _json(taken.model_dump_json(), status=status)

    async def _take_records(self, request: web.Request) -> web.Response:
        pushed = Pushed.model_validate_json(await request.read())
        answer = await self._database.do(lambda records: records.take_pushed(pushed))
        self._standing.learn(answer.role)
        return _json(answer.model_dump_json(), status=200 if answer.taken else 409)

    async def _changes(self, request: web.Request) -> web.Response:
        log, after = request.query.get("log", ""), int(request.query.get("after", "0"))
        page = await self._database.do(lambda records: records.page(log, after))
        in_step_epoch = int(request.query.get("in_step_epoch", "0"))
        self._pushes.pulled(page, log=log, after=after, in_step_epoch=in_step_epoch)
        return _json(page.model_dump_json())


def _json(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="application/json", headers=CORS)


def _answer(written: Written) -> web.Response:
    stored = {200: True, 409: False, 503: None}[written.status]
    body = {"acknowledged": written.status == 200, "stored": stored, "epoch": written.epoch, "reason": written.reason}
    return _json(json.dumps(body), status=written.status)


@web.middleware
async def _explained(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """What can't be read is 400 (surely not stored), a broken database 503."""
    try:
        return await handler(request)
    except ValidationError as problem:
        return _json(json.dumps({"reason": f"this can't be read: {problem.errors()[0]['msg']}"}), status=400)
    except ValueError as problem:
        return _json(json.dumps({"reason": f"this can't be read: {problem}"}), status=400)
    except (DatabaseUnavailable, sqlite3.Error, TimeoutError) as problem:
        return _json(json.dumps({"reason": f"the database does not answer: {problem}"}), status=503)


async def _make_first_room(
    platform: Platform, settings: Settings, standing: Standing, database: Database, writing: Writing
) -> None:
    """The room of the platform file exists from the start: the first active site writes it, once for ever."""
    push = {site: f"{url(way(platform, f'publisher--{site}.origin'))}/ingest/" for site in serving_sites(platform)}
    encoder = EncoderParameters(video="h264", audio="aac", width=320, height=180, frames_per_second=25, segment_ms=1000)
    cdn = [platform.sites[site].address for site in serving_sites(platform)]
    room = Room(room=settings.room, push=push, encoder=encoder, cdn=cdn)
    while await database.do(lambda records: records.room(settings.room)) is None:
        if standing.plays == "active":
            await writing.room(room)
        await asyncio.sleep(FIRST_ROOM_EVERY_S)


async def serve(platform: Platform, site: str, state: Path, disarray: Disarray, stop: asyncio.Event) -> None:
    """Put the parts together and run until told to stop."""
    settings = settings_of(platform)
    peer = peer_of(platform, site)
    peer_url = url(way(platform, f"{site}.api--{peer}.api"))
    place = inside(platform, f"{site}.api--viewers")
    state.mkdir(parents=True, exist_ok=True)
    database = Database(state / f"{site}.ledger.sqlite", site)
    standing = Standing(site)
    timeout_ns = settings.replication_timeout
    async with http_client(keeps_connections=True) as session:
        pushes = Pushes(standing=standing, peer_url=peer_url, session=session, database=database, timeout_ns=timeout_ns)
        pulls = Pulls(
            standing=standing, peer=peer, peer_url=peer_url, session=session, database=database, timeout_ns=timeout_ns
        )
        writing = Writing(
            database=database,
            pushes=pushes,
            synchronous=settings.replication == "synchronous",
            is_guarded=lambda: not disarray.what("write-guard", site),
        )
        danmaku = Danmaku(site=site, peer_url=peer_url, session=session)
        examination = Examination(
            standing=standing,
            peer=peer,
            database=database,
            pushes=pushes,
            pulls=pulls,
            has_picture=site in settings.publishes_to(),
        )
        try:
            standing.learn(await database.do(lambda records: records.role()))
        except DatabaseUnavailable as problem:
            raise CouldNotStart("the ledger can't be opened", where=str(database.file), because=str(problem)) from None
        api = Api(
            standing=standing,
            database=database,
            pushes=pushes,
            pulls=pulls,
            writing=writing,
            danmaku=danmaku,
            examination=examination,
            elsewhere=Elsewhere(disarray, site=site, peer_url=peer_url, session=session),
            checks=ChecksFailing(disarray, site),
            settings=settings,
        )
        first_room = _make_first_room(platform, settings, standing, database, writing)
        loops = [pushes.run(), pulls.run(), danmaku.run(), first_room]
        async with http_server(app_runner(api.app()), place):
            logging.getLogger(f"{site}.api").info("at %s:%d", *place)
            await until_stopped(stop, loops)
            await danmaku.close()
    database.close()


def main(argv: list[str] | None = None) -> int:
    parser = options(__doc__)
    parser.add_argument("--site", required=True, help="the site's own name, as in the platform file")
    parser.add_argument("--state", type=Path, required=True, help="folder of the ledger, SITE.ledger.sqlite")
    asked = parser.parse_args(argv)
    disarray = Disarray(asked.platform.resolve().parent)
    return run(lambda stop: serve(read_resolved(asked.platform), asked.site, asked.state, disarray, stop))


if __name__ == "__main__":
    sys.exit(main())
