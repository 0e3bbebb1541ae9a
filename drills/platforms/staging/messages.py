"""What the agent says to others and hears from them: a site's API by its health link, the GSLB by its admin port."""

import asyncio
import json
from dataclasses import dataclass

import aiohttp
from decree import Decree, Unreadable, part_of, read_object
from instants import wall_ms

TELL_S = 1.2
GSLB_S = 1.0
TROUBLE = (aiohttp.ClientError, asyncio.TimeoutError, Unreadable, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A site's answer to a decree."""

    is_obeyed: bool
    """False: it knows a newer epoch."""
    epoch: int
    active: str
    plays: str
    """active, standby, moving, fenced."""
    lsn: int
    """Of its WAL: written by a primary, replayed by a standby; 0 when it was not to be had."""
    redis: str
    says: str


@dataclass(slots=True)
class SiteLine:
    """The line to one site."""

    site: str
    url: str
    session: aiohttp.ClientSession

    async def tell(self, decree: Decree) -> Word | None:
        """None when it does not answer."""
        body = decree.as_json(issued_ms=wall_ms())
        try:
            timeout = aiohttp.ClientTimeout(total=TELL_S)
            async with self.session.post(f"{self.url}/role", data=body, timeout=timeout) as answer:
                return _read_word(await answer.read(), is_obeyed=answer.status == 200)
        except TROUBLE:
            return None

    async def check(self, timeout_s: float) -> str:
        """What is wrong with it by the GSLB's own question; empty when nothing is."""
        try:
            timeout = aiohttp.ClientTimeout(total=timeout_s)
            async with self.session.get(f"{self.url}/healthz", timeout=timeout) as answer:
                body = await answer.read()
                return "" if answer.status == 200 else f"{answer.status} {_reasons(body)}"
        except TimeoutError:
            return f"no answer within {timeout_s:g} s"
        except TROUBLE as problem:
            return f"{type(problem).__name__}: {problem}"

    async def stopped_at(self) -> int:
        """Where the WAL of its stopped database ends; 0 while it runs, or when it does not answer."""
        try:
            timeout = aiohttp.ClientTimeout(total=TELL_S)
            async with self.session.get(f"{self.url}/stopped_at", timeout=timeout) as answer:
                lsn = read_object(await answer.read()).get("lsn")
                return lsn if isinstance(lsn, int) else 0
        except TROUBLE:
            return 0


@dataclass(slots=True)
class GslbLine:
    """The line to the GSLB."""

    url: str
    session: aiohttp.ClientSession

    async def states(self) -> dict[str, object] | None:
        """None when it does not answer."""
        return await self._ask("GET", "/states", None)

    async def hold(self, site: str, *, is_down: bool, is_declared: bool) -> dict[str, object] | None:
        return await self._ask("POST", "/hold", {"site": site, "down": is_down, "declared": is_declared})

    async def _ask(self, method: str, path: str, told: dict[str, str | bool] | None) -> dict[str, object] | None:
        body = None if told is None else json.dumps(told)
        try:
            timeout = aiohttp.ClientTimeout(total=GSLB_S)
            async with self.session.request(method, self.url + path, data=body, timeout=timeout) as answer:
                return read_object(await answer.read()) if answer.status == 200 else None
        except TROUBLE:
            return None


def _read_word(body: bytes, *, is_obeyed: bool) -> Word:
    told = read_object(body)
    epoch, lsn = told.get("epoch"), part_of(told, "database", "lsn")
    problem = part_of(told, "database", "problem")
    return Word(
        is_obeyed=is_obeyed,
        epoch=epoch if isinstance(epoch, int) else 0,
        active=str(told.get("active", "")),
        plays=str(told.get("plays", "")),
        lsn=lsn if isinstance(lsn, int) else 0,
        redis=str(told.get("redis", "")),
        says=str(problem or told.get("why_no_writes") or ""),
    )


def _reasons(body: bytes) -> str:
    try:
        parts = read_object(body).get("parts")
    except Unreadable:
        return ""
    if not isinstance(parts, dict):
        return ""
    return "; ".join(
        f"{name}: {part['says']}" for name, part in parts.items() if not part["ok"] and name != "replication"
    )
