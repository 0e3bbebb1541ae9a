"""Runs gdnsd, turns its log into events with an exact time, and holds sites down on the agent's word.

STATE/gslb.events.jsonl: one JSON object a line with `t_ns` (CLOCK_MONOTONIC), `event` and `site`: `site_down`,
`site_up`, `steered` (from now on DNS answers this site), `held`, `released`. HTTP at port 8090: GET /states, POST /hold
{"site": "a", "down": true, "declared": true}; `declared` when the agent itself saw it fail.
"""

import asyncio
import contextlib
import json
import logging
import os
import re
import sys
from pathlib import Path

import aiohttp
from aiohttp import web
from decree import Unreadable, read_object, text_in
from given import setting
from instants import now_ns, now_s
from loops import run, until_stopped

PORT = 8090
STATE = Path("/state/gslb.events.jsonl")
GDNSD = ["gdnsd", "-c", "/run/staging/gdnsd", "start"]
ADMIN_STATE = Path("/var/lib/gdnsd/admin_state")
FIRST_START_S = 20.0
"""At the very first start the sites come up one by one; judged too early, viewers would begin at the wrong one."""
END_S = 2.0

_STATE = re.compile(r"state of '([^/']+)/edge' (initialized to|changed from \S+ to|forced to|no longer forced)(.*)")
_UP_OR_DOWN = re.compile(r"\b(UP|DOWN)/")
log = logging.getLogger("gslb")


class Events:
    """Append-only; each line is one write, readable for everybody on the host."""

    def __init__(self, file: Path) -> None:
        self._out = file.open("a", encoding="utf-8", buffering=1)
        file.chmod(0o644)

    def say(self, event: str, site: str, **details: str | bool) -> None:
        line = {"t_ns": now_ns(), "event": event, "site": site, **details}
        self._out.write(json.dumps(line) + "\n")
        log.info("%s %s", event, site)


class Steering:
    """What gdnsd holds for true, and so whom it answers."""

    def __init__(self, addresses: dict[str, str], events: Events) -> None:
        self._site_of = {address: site for site, address in addresses.items()}
        self._addresses = addresses
        self._events = events
        self._real: dict[str, str] = {}
        self._forced: dict[str, str] = {}
        self._declared_down: set[str] = set()
        self._answering = ""

    def heard(self, line: str) -> None:
        """One line of gdnsd's log."""
        found = _STATE.search(line)
        site = self._site_of.get(found[1]) if found else None
        if found is None or site is None:
            return
        what, rest = found[2], found[3]
        states = _UP_OR_DOWN.findall(rest)
        if not states:
            return
        if what == "forced to":
            self._forced[site] = states[0]
        elif what == "no longer forced":
            self._forced.pop(site, None)
            self._real[site] = states[-1]
        else:
            self._real[site] = states[0]
            if states[0] == "DOWN":
                self.declare_down(site, because="health checks")
            elif site in self._declared_down:
                self._declared_down.discard(site)
                self._events.say("site_up", site)
        self._steer()

    def declare_down(self, site: str, *, because: str) -> None:
        """Once, until it is up again."""
        if site not in self._declared_down:
            self._declared_down.add(site)
            self._events.say("site_down", site, because=because)

    def hold(self, site: str, *, is_down: bool) -> None:
        """Write what gdnsd reads within a second or two."""
        if is_down == (site in self.held()):
            return
        held = self.held() | {site} if is_down else self.held() - {site}
        text = "".join(f"{self._addresses[each]}/edge => DOWN\n" for each in sorted(held))
        fresh = ADMIN_STATE.with_suffix(".new")
        fresh.write_text(text, encoding="ascii")
        fresh.replace(ADMIN_STATE)
        if not is_down and self._real.get(site) == "UP":
            self._declared_down.discard(site)
        self._events.say("held" if is_down else "released", site)

    def held(self) -> set[str]:
        text = ADMIN_STATE.read_text(encoding="ascii") if ADMIN_STATE.exists() else ""
        return {site for site, address in self._addresses.items() if f"{address}/" in text}

    def as_json(self) -> str:
        held = self.held()
        sites = {
            site: {"real": self._real.get(site, "UNKNOWN"), "held": site in held, "forced": site in self._forced}
            for site in self._addresses
        }
        return json.dumps({"answering": self._answering, "sites": sites})

    def _steer(self) -> None:
        """simplefo's own rule: the first site that is up; when none is, the first."""
        sites = list(self._addresses)
        if any(site not in self._real for site in sites):
            return
        up = [site for site in sites if self._forced.get(site, self._real[site]) == "UP"]
        answering = up[0] if up else sites[0]
        if answering != self._answering:
            is_first = not self._answering
            self._answering = answering
            self._events.say("answering" if is_first else "steered", answering)


class Admin:
    """The agent's requests."""

    def __init__(self, steering: Steering, sites: list[str]) -> None:
        self._steering = steering
        self._sites = sites

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10_000)
        app.router.add_get("/states", self._states)
        app.router.add_post("/hold", self._hold)
        return app

    async def _states(self, _request: web.Request) -> web.Response:
        return web.json_response(text=self._steering.as_json())

    async def _hold(self, request: web.Request) -> web.Response:
        try:
            told = read_object(await request.read())
            site, is_down = text_in(told, "site"), told.get("down")
            if site not in self._sites or not isinstance(is_down, bool):
                raise Unreadable('{"site": "a", "down": true} is expected')
        except Unreadable as problem:
            return web.json_response({"reason": str(problem)}, status=400)
        if is_down and told.get("declared") is True:
            self._steering.declare_down(site, because="the agent's checks")
        self._steering.hold(site, is_down=is_down)
        return web.json_response(text=self._steering.as_json())


async def _wait_for_sites(addresses: dict[str, str]) -> None:
    """At the very first start only: until both serve, or the time is up."""
    deadline_s = now_s() + FIRST_START_S
    waiting = set(addresses)
    timeout = aiohttp.ClientTimeout(total=1)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while waiting and now_s() < deadline_s:
            for site in sorted(waiting):
                with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError):
                    async with session.get(f"http://{addresses[site]}:8091/healthz") as answer:
                        if answer.status == web.HTTPOk.status_code:
                            waiting.discard(site)
            await asyncio.sleep(0.2)
    log.info("first start: %s", f"without {waiting}" if waiting else "both sites serve")


async def _gdnsd(steering: Steering, stop: asyncio.Event) -> None:
    """Run it and listen to it; returns when it has ended."""
    child = await asyncio.create_subprocess_exec(
        *GDNSD, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert child.stdout is not None

    async def end() -> None:
        await stop.wait()
        child.terminate()

    ending = asyncio.create_task(end())
    try:
        while line := await child.stdout.readline():
            text = line.decode(errors="replace").rstrip()
            sys.stderr.write(f"{text}\n")
            steering.heard(text)
    finally:
        ending.cancel()
        if child.returncode is None:
            child.terminate()
        await asyncio.wait_for(child.wait(), END_S)
    if not stop.is_set():
        raise RuntimeError(f"gdnsd ended with {child.returncode}")


async def serve(stop: asyncio.Event) -> None:
    """Put the parts together and run until told to stop."""
    addresses = {"a": setting("OUTER_A"), "b": setting("OUTER_B")}
    events = Events(STATE)
    steering = Steering(addresses, events)
    runner = web.AppRunner(Admin(steering, list(addresses)).app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", PORT).start()  # noqa: S104  # inside its container, on an internal network
    ADMIN_STATE.parent.mkdir(parents=True, exist_ok=True)
    if not ADMIN_STATE.exists():
        waiting = asyncio.create_task(_wait_for_sites(addresses))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        ADMIN_STATE.touch()
    await until_stopped(stop, [_gdnsd(steering, stop)])
    await runner.cleanup()


if __name__ == "__main__":
    os.umask(0o022)
    run(serve)
