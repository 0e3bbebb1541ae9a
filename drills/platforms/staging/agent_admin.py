"""The agent's HTTP: for ctl.py, and for people."""

import asyncio
from typing import Protocol

from aiohttp import web
from decree import Unreadable, read_object, text_in
from observed import InStep
from switching import NotSwitched, Switchable, switch

STEP_S = 20.0


class Administered(Switchable, Protocol):
    """What the admin needs of the agent."""

    lock: asyncio.Lock
    in_step: InStep


class AgentAdmin:
    """Requests, and nothing else."""

    def __init__(self, agent: Administered) -> None:
        self._agent = agent

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10_000)
        app.router.add_get("/state", self._state)
        app.router.add_post("/steer", self._switch)
        app.router.add_post("/failback", self._switch)
        app.router.add_post("/fence", self._fence)
        app.router.add_post("/reset", self._reset)
        return app

    async def _state(self, _request: web.Request) -> web.Response:
        agent = self._agent
        sites = {}
        for site, seen in agent.observed.items():
            word = seen.word
            sites[site] = {
                "failures": seen.failures,
                "trouble": seen.trouble,
                "plays": "silent" if word is None else word.plays,
                "epoch": 0 if word is None else word.epoch,
                "redis": "" if word is None else word.redis,
                "says": "" if word is None else word.says,
                "why_not": "" if agent.decree.active == site else agent.why_not(site),
            }
        told = {
            "decree": agent.decree.as_dict(),
            "in_step": agent.in_step.is_so,
            "sites": sites,
            "gslb": agent.gslb_says,
        }
        return web.json_response(told)

    async def _switch(self, request: web.Request) -> web.Response:
        try:
            to = self._site(await request.read(), "to")
        except Unreadable as problem:
            return _answer(is_done=False, says=str(problem), status=400)
        return await self._switched(to)

    async def _fence(self, request: web.Request) -> web.Response:
        try:
            site = self._site(await request.read(), "site")
        except Unreadable as problem:
            return _answer(is_done=False, says=str(problem), status=400)
        decree = self._agent.decree
        if decree.active == site:
            return _answer(is_done=True, says=f"{site} is active (epoch {decree.epoch}): nothing to fence")
        word = await self._agent.lines[site].tell(decree)
        if word is None or word.epoch < decree.epoch or word.plays == "active":
            reason = "it does not answer" if word is None else f"{word.plays}, epoch {word.epoch}"
            return _answer(is_done=False, says=f"{site} can't be told epoch {decree.epoch} by its link: {reason}")
        return _answer(is_done=True, says=f"{site} goes by epoch {word.epoch}: {word.plays}")

    async def _reset(self, _request: web.Request) -> web.Response:
        return await self._switched(next(iter(self._agent.lines)))

    async def _switched(self, to: str) -> web.Response:
        try:
            async with self._agent.lock:
                says = await asyncio.wait_for(switch(self._agent, to), STEP_S)
        except NotSwitched as problem:
            return _answer(is_done=False, says=str(problem))
        except TimeoutError:
            return _answer(is_done=False, says=f"it was not done within {STEP_S:g} s")
        return _answer(is_done=True, says=says)

    def _site(self, body: bytes, name: str) -> str:
        site = text_in(read_object(body), name)
        if site not in self._agent.lines:
            raise Unreadable(f"there is no site {site!r}; there are {', '.join(self._agent.lines)}")
        return site


def _answer(*, is_done: bool, says: str, status: int = 0) -> web.Response:
    return web.json_response({"done": is_done, "says": says}, status=status or (200 if is_done else 409))
