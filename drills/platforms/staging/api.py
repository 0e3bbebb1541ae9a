"""A site's API: gifts, room metadata, danmaku, health, its role. At port 8000, behind the site's edge.

POST /gifts {"id", "amount"} -> 200 acknowledged, 4xx surely not written (409: this site may not), 5xx nobody knows
GET  /gifts?prefix=          -> {"site", "server" (PostgreSQL's own address), "records": [{"id", "times", "amount"}]}
GET  /rooms/ROOM, PUT /rooms/ROOM (writes the metadata that the platform began with); POST /danmaku, GET /danmaku?after=
GET  /health/shallow, /health/deep (every part), /healthz (deep, without the state of the other site: for the GSLB)
GET  /role, POST /role       -> the agent's word; an older epoch is 409
GET  /stopped_at             -> where the WAL of a fenced database ends
POST /hook                   -> nginx asks whether a publisher may
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import aiohttp
from aiohttp import web
from checks_failing import fails_this_one
from decree import NOBODY, Decree, Unreadable, number_in, read_decree, read_object, text_in
from given import setting
from ledger import Gift, Ledger, TooBusy
from loops import run, until_stopped
from postgres import SaidNo, Unanswered
from rooms import Rooms, RoomsUnanswered
from site_role import SiteRole
from standing import Standing

PORT = 8000
CORS = {"Access-Control-Allow-Origin": "*"}
MOST_BODY = 10_000
MOST_AMOUNT = 1_000_000_000
FIRST_ROOM_EVERY_S = 0.2
Answer = TypeVar("Answer")
log = logging.getLogger("api")


class Api:
    """Requests, and nothing else."""

    def __init__(
        self,
        *,
        role: SiteRole,
        standing: Standing,
        ledger: Ledger,
        rooms: Rooms,
        room: str,
        metadata: dict[str, object],
        session: aiohttp.ClientSession,
    ) -> None:
        self._role = role
        self._standing = standing
        self._ledger = ledger
        self._rooms = rooms
        self._room = room
        self._metadata = metadata
        self._session = session

    def app(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BODY, middlewares=[_explained])
        app.router.add_get("/health/shallow", self._shallow)
        app.router.add_get("/health/deep", partial(self._health, asked="deep"))
        app.router.add_get("/healthz", partial(self._health, asked="own"))
        app.router.add_post("/gifts", self._gift)
        app.router.add_get("/gifts", self._gifts)
        app.router.add_get("/rooms/{room}", self._get_room)
        app.router.add_put("/rooms/{room}", self._put_room)
        app.router.add_post("/danmaku", self._say)
        app.router.add_get("/danmaku", self._said)
        app.router.add_get("/role", self._get_role)
        app.router.add_post("/role", self._take_role)
        app.router.add_get("/stopped_at", self._stopped_at)
        app.router.add_post("/hook", self._hook)
        return app

    async def make_first_room(self) -> None:
        """The platform begins with one room: the first active site writes it, once for ever."""
        while True:
            await asyncio.sleep(FIRST_ROOM_EVERY_S)
            if self._standing.plays() != "active":
                continue
            try:
                if self._role.decree.epoch == 1 and await self._ledger.note_once(f"room {self._room} was made"):
                    await _in_thread(self._rooms.keep, self._room, self._metadata)
                    log.info("made room %s", self._room)
            except (SaidNo, Unanswered, TooBusy, RoomsUnanswered) as problem:
                log.warning("the first room can't be made yet: %s", problem)
                continue
            return

    async def _shallow(self, _request: web.Request) -> web.Response:
        return web.Response(text="alive\n", headers=CORS)

    async def _health(self, request: web.Request, *, asked: str) -> web.Response:
        parts = self._standing.parts()
        counted = [part for name, part in parts.items() if asked == "deep" or name != "replication"]
        is_well = all(part.ok for part in counted)
        told = {
            "site": self._role.site,
            "ok": is_well,
            "plays": self._standing.plays(),
            "epoch": self._role.decree.epoch,
            "parts": {name: {"ok": part.ok, "says": part.says} for name, part in parts.items()},
        }
        is_made_to_fail = asked == "own" and fails_this_one(request.headers.get("User-Agent", ""))
        return _json(told, status=200 if is_well and not is_made_to_fail else 503)

    async def _gift(self, request: web.Request) -> web.Response:
        gift = _read_gift(await request.read())
        why_not = self._role.why_no_writes()
        epoch = self._role.decree.epoch
        if why_not:
            return _json({"acknowledged": False, "epoch": epoch, "reason": f"not written: {why_not}"}, status=409)
        what = await self._ledger.write(gift, epoch=epoch)
        if what == "other":
            reason = "not written: this id is another gift's already"
            return _json({"acknowledged": False, "epoch": epoch, "reason": reason}, status=409)
        why_not = self._role.why_no_writes()
        if why_not:  # it may have been written after the other site took over
            return _json({"acknowledged": False, "epoch": epoch, "reason": f"written or not: {why_not}"}, status=503)
        return _json({"acknowledged": True, "epoch": epoch, "reason": ""})

    async def _gifts(self, request: web.Request) -> web.Response:
        listed = await self._ledger.listed(request.query.get("prefix", ""))
        return _json({"site": self._role.site, "server": listed.server, "records": listed.records})

    async def _get_room(self, request: web.Request) -> web.Response:
        found = await _in_thread(self._rooms.metadata, request.match_info["room"])
        return _json(found) if found else _json({"reason": "this room is not known here"}, status=404)

    async def _put_room(self, request: web.Request) -> web.Response:
        if request.match_info["room"] != self._room:
            return _json({"reason": f"the platform's room is {self._room}"}, status=404)
        why_not = self._role.why_no_writes()
        if why_not:
            return _json({"reason": f"not written: {why_not}"}, status=409)
        await _in_thread(self._rooms.keep, self._room, self._metadata)
        return _json(self._metadata)

    async def _say(self, request: web.Request) -> web.Response:
        told = read_object(await request.read())
        why_not = self._role.why_no_writes()
        if why_not:
            return _json({"reason": f"not written: {why_not}"}, status=409)
        text = text_in(told, "text")
        if not 0 < len(text) <= 1000:
            raise Unreadable("text: 1 to 1000 letters are expected")
        number = await _in_thread(self._rooms.say, self._room, text_in(told, "sender")[:100], text)
        return _json({"id": number})

    async def _said(self, request: web.Request) -> web.Response:
        messages = await _in_thread(self._rooms.said_after, self._room, request.query.get("after", "0"))
        return _json({"messages": messages})

    async def _get_role(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._standing.as_json(), content_type="application/json")

    async def _take_role(self, request: web.Request) -> web.Response:
        body = await request.read()
        is_taken = self._role.learn(read_decree(body), issued_ms=number_in(read_object(body), "issued_ms"))
        await self._standing.obey(self._session)
        return web.Response(
            text=self._standing.as_json(), content_type="application/json", status=200 if is_taken else 409
        )

    async def _stopped_at(self, _request: web.Request) -> web.Response:
        return _json({"lsn": await self._standing.stopped_at(self._session)})

    async def _hook(self, request: web.Request) -> web.Response:
        asked = await request.post()
        known = await _in_thread(self._rooms.metadata, str(asked.get("name", "")))
        if known is None or known.get("key") != asked.get("key"):
            log.warning("refused a publisher of %s: %s", asked.get("name"), "wrong key" if known else "unknown room")
            return web.Response(status=403, text="no\n")
        lacks = [field for field in ("push", "encoder", "cdn") if not known.get(field)]
        if lacks:
            log.warning("refused a publisher of %s: its metadata has no %s", asked.get("name"), ", ".join(lacks))
            return web.Response(status=403, text="no\n")
        return web.Response(text="yes\n")


def _read_gift(body: bytes) -> Gift:
    told = read_object(body)
    gift = Gift(id=text_in(told, "id"), amount=number_in(told, "amount"), sender=text_in(told, "sender"))
    if not 0 < len(gift.id) <= 200 or "\x00" in gift.id + gift.sender or not 0 < gift.amount <= MOST_AMOUNT:
        raise Unreadable('{"id": "1 to 200 letters", "amount": 1} is expected')
    return gift


def _json(told: object, *, status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(told), status=status, content_type="application/json", headers=CORS)


async def _in_thread(call: Callable[..., Answer], *arguments: object) -> Answer:
    return await asyncio.get_running_loop().run_in_executor(None, partial(call, *arguments))


@web.middleware
async def _explained(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """4xx: surely not written. 503: nobody knows."""
    try:
        return await handler(request)
    except Unreadable as problem:
        return _json({"reason": f"this can't be read: {problem}"}, status=400)
    except SaidNo as problem:
        return _json({"reason": f"not written: {problem}"}, status=409)
    except TooBusy as problem:
        return _json({"reason": f"not written: {problem}"}, status=429)
    except (Unanswered, RoomsUnanswered) as problem:
        return _json({"reason": f"written or not: {problem}"}, status=503)


def _first_metadata(room: str) -> dict[str, object]:
    return {
        "room": room,
        "push": {"a": f"rtmp://{setting('OUTER_A')}/live/{room}", "b": f"rtmp://{setting('OUTER_B')}/live/{room}"},
        "key": setting("STREAM_KEY"),
        "encoder": {
            "video": "h264",
            "audio": "aac",
            "width": 320,
            "height": 180,
            "frames_per_second": 25,
            "segment_ms": 1000,
        },
        "cdn": [setting("OUTER_A"), setting("OUTER_B")],
    }


async def serve(stop: asyncio.Event) -> None:
    """Put the parts together and run until told to stop."""
    site, peer, inner, room = setting("SITE"), setting("PEER"), setting("INNER"), setting("ROOM")
    is_fenced = setting("FENCING") != "off"
    # Not fenced, a site takes its configuration's word: the first epoch, in which a is active.
    role = SiteRole(
        site=site, peer=peer, is_fenced=is_fenced, decree=NOBODY if is_fenced else Decree(epoch=1, active="a")
    )
    rooms = Rooms(f"{inner}.15", peer=(f"{inner}.2", 16379))
    others, _colon, port = setting("PEER_POSTGRES").rpartition(":")
    ledger = Ledger((f"{inner}.14", 5432), others=(others, int(port)), site=site)
    standing = Standing(
        role=role,
        rooms=rooms,
        room=room,
        keeper=f"http://{inner}.14:8100",
        playlist=f"http://{inner}.12/hls/{room}.m3u8",
        hold_with=peer if setting("REPLICATION") == "synchronous" else "",
    )
    async with aiohttp.ClientSession() as session:
        api = Api(
            role=role,
            standing=standing,
            ledger=ledger,
            rooms=rooms,
            room=room,
            metadata=_first_metadata(room),
            session=session,
        )
        runner = web.AppRunner(api.app(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", PORT).start()  # noqa: S104  # inside the site's network
        await until_stopped(stop, [standing.run(session), api.make_first_room()])
        await runner.cleanup()


if __name__ == "__main__":
    run(serve)
