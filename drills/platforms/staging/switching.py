"""A planned switch: the old site stops taking writes, the new one has every byte of them, then it leads."""

import asyncio
import logging
from typing import Protocol

from decree import Decree, part_of
from instants import now_s
from messages import GslbLine, SiteLine, Word
from observed import Observed

STOPPED_S = 4.0
ARRIVED_S = 2.0
LEADS_S = 5.0
STEERED_S = 5.0
AGAIN_S = 0.1
log = logging.getLogger("agent")


class NotSwitched(Exception):
    """It was not done, and everything is as before; the text says why."""


class Switchable(Protocol):
    """What a switch needs of the agent. Its lock is held."""

    decree: Decree
    lines: dict[str, SiteLine]
    observed: dict[str, Observed]
    gslb: GslbLine
    gslb_says: dict[str, object] | None

    def proclaim(self, active: str, *, down: tuple[str, ...] = (), before: str = "") -> None: ...
    def why_not(self, to: str) -> str: ...
    async def tell_once(self) -> None: ...


async def switch(agent: Switchable, to: str) -> str:
    """Make `to` the active site and send viewers there; what was done. NotSwitched with the reason."""
    old = agent.decree.active
    if old == to:
        await _steered(agent, to)
        return f"{to} is active already, epoch {agent.decree.epoch}"
    reason = agent.why_not(to)
    if reason:
        raise NotSwitched(reason)
    agent.proclaim("", before=old)
    try:
        stopped_at = await _stopped(agent, old)
        await _has(agent, to, stopped_at)
    except NotSwitched as problem:
        agent.proclaim(old)
        await agent.tell_once()
        raise NotSwitched(f"{problem}; {old} is active again") from None
    except asyncio.CancelledError:  # it took too long: nobody must not stay active
        agent.proclaim(old)
        raise
    agent.proclaim(to, down=(old,))
    await asyncio.gather(_leads(agent, to), agent.tell_once())
    await _steered(agent, to)
    return f"{to} is active, epoch {agent.decree.epoch}"


async def _stopped(agent: Switchable, old: str) -> int:
    """Where the old site's WAL ends, once its database is down in good order."""
    deadline_s = now_s() + STOPPED_S
    while now_s() < deadline_s:
        word = await agent.lines[old].tell(agent.decree)
        if word is not None and word.is_obeyed:
            lsn = await agent.lines[old].stopped_at()
            if lsn:
                return lsn
        await asyncio.sleep(AGAIN_S)
    raise NotSwitched(f"{old} did not stop taking writes in good order within {STOPPED_S:g} s")


async def _has(agent: Switchable, to: str, lsn: int) -> None:
    deadline_s = now_s() + ARRIVED_S
    word: Word | None = None
    while now_s() < deadline_s:
        word = await agent.lines[to].tell(agent.decree)
        if word is not None and word.lsn > lsn:
            return
        await asyncio.sleep(AGAIN_S)
    has = "nothing" if word is None else f"{word.lsn:X}"
    raise NotSwitched(f"{to} has not every byte of the ledger: it ends at {lsn:X}, {to} has {has}")


async def _leads(agent: Switchable, to: str) -> None:
    """It was told; when it does not manage, that is told, and the agent goes on telling."""
    deadline_s = now_s() + LEADS_S
    while now_s() < deadline_s:
        word = await agent.lines[to].tell(agent.decree)
        if word is not None and word.plays == "active":
            agent.observed[to].word = word
            return
        await asyncio.sleep(AGAIN_S)
    raise NotSwitched(f"{to} was named, epoch {agent.decree.epoch}, but does not lead after {LEADS_S:g} s")


async def _steered(agent: Switchable, to: str) -> None:
    """Viewers' answers follow within two seconds."""
    deadline_s = now_s() + STEERED_S
    while now_s() < deadline_s:
        if part_of(agent.gslb_says, "answering") == to:
            return
        await asyncio.sleep(AGAIN_S)
        agent.gslb_says = await agent.gslb.states()
    raise NotSwitched(f"{to} is active, but the GSLB does not answer it after {STEERED_S:g} s")
