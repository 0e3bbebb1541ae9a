"""The GSLB's health checks: each site every T, with a time-out, counted in a row. Only counting; no decisions."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from pydantic import ValidationError
from role import Health, Role
from serving import TROUBLE, ask

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.platform.model import Detector


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finished health check."""

    started_ns: int
    ended_ns: int
    health: Health | None
    trouble: str
    """Why the site can't serve viewers; nothing when it can."""


@dataclass(slots=True, kw_only=True)
class Watched:
    """What the checks of one site have said so far."""

    site: str
    failures: int = 0
    """In a row: it could not serve."""
    successes: int = 0
    """In a row: it can serve and, as standby, has caught up with the active site."""
    apart: int = 0
    """In a row: as standby it can serve, but is not with the active site."""
    apart_since_ns: int = 0
    """When the newest of these checks began."""
    last: Check | None = None
    was_seen_up: bool = False

    def count(self, check: Check, role: Role) -> None:
        """One more check, seen against the role that counts now."""
        self.last = check
        self.failures = self.failures + 1 if check.trouble else 0
        is_apart = not check.trouble and role.active != self.site and not _is_with_the_active(check.health, role)
        self.apart = self.apart + 1 if is_apart else 0
        if is_apart:
            self.apart_since_ns = check.started_ns
        self.successes = 0 if check.trouble or is_apart else self.successes + 1
        self.was_seen_up = self.was_seen_up or not check.trouble


def _is_with_the_active(health: Health | None, role: Role) -> bool:
    return health is not None and health.epoch == role.epoch and health.caught_up


async def check_once(session: aiohttp.ClientSession, url: str, timeout_ns: int) -> Check:
    """Ask /health/deep once. A site that answers in time, but can't serve, has failed as well."""
    started_ns = now_ns()
    health: Health | None = None
    try:
        reply = await ask(session, "GET", f"{url}/health/deep?by=gslb", within_s=timeout_ns / NS_PER_S)
        health = Health.model_validate_json(reply.body)
        trouble = "" if health.can_serve() else health.failing()
    except TimeoutError:
        trouble = "no answer in time"
    except ValidationError:
        trouble = "an answer that makes no sense"
    except TROUBLE as problem:
        trouble = f"{type(problem).__name__} {problem}".strip()
    return Check(started_ns=started_ns, ended_ns=now_ns(), health=health, trouble=trouble)


async def watch(
    detector: Detector, check: Callable[[], Awaitable[Check]], seen: Callable[[Check], Awaitable[None]]
) -> None:
    """Check for ever. fixed: every T on the clock's own grid. sequential: T after the last one ended."""
    every_ns = detector.every
    due_ns = now_ns()
    while True:
        await asyncio.sleep(max(0, due_ns - now_ns()) / NS_PER_S)
        await seen(await check())
        if detector.pacing == "sequential":
            due_ns = now_ns() + every_ns
        else:
            due_ns += every_ns
            late = max(0, now_ns() - due_ns) // every_ns
            due_ns += late * every_ns  # after a pause of ours: no burst of checks
