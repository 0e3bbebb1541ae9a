"""The agent: the witness at a third place. It alone makes epochs: who is active, who is declared down.

It asks both sites the GSLB's own question, by the GSLB's own rule, along the same links. When the active site failed
often enough in a row (or the GSLB has turned away from it) and the standby is in step, or was within ACCEPT_LOSS, the
standby is active at the next epoch, and the old site is held down in the GSLB: nothing falls back by itself. Every
second it tells each site its role, so a site that returns is fenced, rejoins as standby, and is no longer down when it
is in step.

HTTP at port 8090: GET /state; POST /steer, /failback {"to": SITE}; POST /fence {"site": SITE}; POST /reset.
"""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import aiohttp
from agent_admin import AgentAdmin
from aiohttp import web
from decree import Decree, part_of
from given import setting
from instants import now_s
from loops import run, until_stopped
from memory import Memory
from messages import GslbLine, SiteLine
from observed import InStep, Observed

PORT = 8090
FILE = Path("/var/lib/agent/decree.json")
PRIMARY = "a"
"""The site that gdnsd prefers: held down while the other one is active."""
TELL_EVERY_S = 1.0
STARTING_EVERY_S = 0.3
UP_AFTER = 2
STARTING_S = 30.0
"""At the very first start failures of a site that was never seen up do not count for so long."""
log = logging.getLogger("agent")


class Agent:
    """Decides, remembers, tells."""

    def __init__(
        self, *, lines: dict[str, SiteLine], gslb: GslbLine, memory: Memory, rule: tuple[int, float, float]
    ) -> None:
        self.lines = lines
        self.gslb = gslb
        self._memory = memory
        self._limit, self._every_s, self._timeout_s = rule
        self.is_fencing = setting("FENCING") != "off"
        """Off: a site that was replaced is not told, and returns as what it was."""
        self.accept_loss_s = 0.0 if setting("REPLICATION") == "synchronous" else float(setting("ACCEPT_LOSS"))
        """So many seconds of acknowledged gifts may be lost rather than nobody leading."""
        self.lock = asyncio.Lock()
        """Held by whoever changes the decree in more than one step."""
        self.observed = {site: Observed() for site in lines}
        self.in_step = InStep()
        self.gslb_says: dict[str, object] | None = None
        self._started_s = now_s()
        known = memory.recall()
        self._is_first_start = known is None
        self.decree, before = known or (Decree(epoch=1, active=PRIMARY), "")
        if before:  # we were killed half-way through a switch: nobody is active, so the old one is again
            self.decree = Decree(epoch=self.decree.epoch + 1, active=before)
        memory.keep(self.decree)

    def other(self, site: str) -> str:
        return next(each for each in self.lines if each != site)

    def proclaim(self, active: str, *, down: tuple[str, ...] = (), before: str = "") -> None:
        """The next epoch; on disk before anybody hears of it. `before`: who was active, while nobody is."""
        self.decree = Decree(epoch=self.decree.epoch + 1, active=active, down=down)
        self._memory.keep(self.decree, before=before)
        log.info("epoch %d: %s is active, down: %s", self.decree.epoch, active or "nobody", ", ".join(down) or "none")

    def why_not(self, to: str) -> str:
        """Why `to` can't take over on command; nothing when it can."""
        seen = self.observed[to]
        if to in self.decree.down:
            return f"{to} is declared down or has not caught up yet: {seen.trouble or self._word_of(to)}"
        if seen.trouble:
            return f"{to} did not pass its last check: {seen.trouble}"
        if seen.word is None or seen.word.plays != "standby":
            return f"{to} is no standby now: {self._word_of(to)}"
        return "" if self.in_step.is_so else f"{to} is not in step"

    async def watch(self, site: str) -> None:
        """The GSLB's own question, at a fixed pace, for ever."""
        due_s = now_s()
        while True:
            trouble = await self.lines[site].check(self._timeout_s)
            seen = self.observed[site]
            is_starting = self._is_first_start and now_s() - self._started_s < STARTING_S
            if not (trouble and is_starting and not seen.was_up):
                if trouble and not seen.failures:
                    log.info("%s fails: %s", site, trouble)
                seen.count(trouble, at_s=now_s())
            self._decide()
            due_s = max(due_s + (STARTING_EVERY_S if is_starting and not seen.was_up else self._every_s), now_s())
            await asyncio.sleep(due_s - now_s())

    async def tell(self) -> None:
        """Everybody's role, once a second, for ever."""
        due_s = now_s()
        while True:
            await self.tell_once()
            is_starting = self._is_first_start and not all(seen.was_up for seen in self.observed.values())
            due_s = max(due_s + (STARTING_EVERY_S if is_starting else TELL_EVERY_S), now_s())
            await asyncio.sleep(due_s - now_s())

    async def tell_once(self) -> None:
        """One round: both sites, and the GSLB."""
        decree = self.decree
        told = [site for site in self.lines if self.is_fencing or site not in decree.down]
        telling = asyncio.gather(*(self.lines[site].tell(decree) for site in told))
        words, _held = await asyncio.gather(telling, self._hold())
        for site, word in zip(told, words, strict=True):
            self.observed[site].word = word
            if word is not None and not word.is_obeyed:
                self._outdone(word.epoch)
        if decree != self.decree or not decree.active:
            return
        standby = self.other(decree.active)
        seen = self.observed
        self.in_step.judge(decree.active, seen[decree.active].word, seen[standby].word, at_s=now_s())
        self._decide()

    async def _hold(self) -> None:
        """The GSLB answers the primary unless that is held down: so it is, while the other one is active."""
        if not self.decree.active:
            return
        wanted = self.decree.active != PRIMARY
        says = await self.gslb.states()
        if says is not None and part_of(says, "sites", PRIMARY, "held") is not wanted:
            says = await self.gslb.hold(PRIMARY, is_down=wanted, is_declared=PRIMARY in self.decree.down)
        self.gslb_says = says

    def _decide(self) -> None:
        """Declare, and put the standby in the active site's place; nothing while a switch is under way."""
        decree = self.decree
        if self.lock.locked() or not decree.active:
            return
        active, standby = decree.active, self.other(decree.active)
        if self._is_down(active):
            if not self._why_no_takeover(standby):
                log.warning("%s is down (%s), %s takes over", active, self.observed[active].trouble, standby)
                self.proclaim(standby, down=(active,))
                self.observed[active].successes = 0
            return
        if self.observed[active].trouble:
            return  # perhaps it is the reason for whatever its standby lacks
        seen = self.observed[standby]
        is_apart = not self.in_step.is_so and self.in_step.rounds * TELL_EVERY_S >= self._limit * self._every_s
        if standby not in decree.down:
            if seen.was_up and (seen.failures >= self._limit or is_apart):
                log.warning("the standby %s is down: %s", standby, seen.trouble or self._word_of(standby))
                self.proclaim(active, down=(standby,))
        elif self.in_step.is_so and self.in_step.rounds >= UP_AFTER and seen.successes >= UP_AFTER:
            self.proclaim(active)

    def _is_down(self, active: str) -> bool:
        seen = self.observed[active]
        has_gslb_left = seen.was_up and seen.trouble and part_of(self.gslb_says, "sites", active, "real") == "DOWN"
        return seen.failures >= self._limit or bool(has_gslb_left)

    def _why_no_takeover(self, standby: str) -> str:
        reason = self.why_not(standby)
        if reason and self._may_lose(standby):
            log.warning("%s takes over with what it has: %s", standby, reason)
            return ""
        if reason and self.observed[self.decree.active].failures == self._limit:
            log.warning("nobody can take over: %s", reason)
        return reason

    def _may_lose(self, standby: str) -> bool:
        """Whether a standby that is well, but behind, may take over: it was in step not too long ago. What it lacks is
        lost with the active site, as asynchronous replication has it.
        """
        seen, active = self.observed[standby], self.observed[self.decree.active]
        is_standby = not seen.trouble and seen.word is not None and seen.word.plays == "standby"
        behind_s = active.failing_since_s - self.in_step.last_s
        return is_standby and self.in_step.last_s > 0 and behind_s <= self.accept_loss_s

    def _outdone(self, epoch: int) -> None:
        """A site knows a newer epoch than we ever made: our memory was lost. What we say must be newer still."""
        if epoch > self.decree.epoch and not self.lock.locked():
            log.warning("a site knows epoch %d, we are at %d", epoch, self.decree.epoch)
            self.decree = replace(self.decree, epoch=epoch)
            self.proclaim(self.decree.active, down=self.decree.down)

    def _word_of(self, site: str) -> str:
        word = self.observed[site].word
        return "it does not answer" if word is None else " ".join(filter(None, [word.plays, word.says]))


async def serve(stop: asyncio.Event) -> None:
    """Put the parts together and run until told to stop."""
    connector = aiohttp.TCPConnector(force_close=True)  # a kept connection would outlive the fault that it should see
    async with aiohttp.ClientSession(connector=connector) as session:
        addresses = {"a": setting("OUTER_A"), "b": setting("OUTER_B")}
        lines = {site: SiteLine(site, f"http://{address}:8091", session) for site, address in addresses.items()}
        agent = Agent(
            lines=lines,
            gslb=GslbLine(f"http://{setting('GSLB')}:8090", session),
            memory=Memory(FILE),
            rule=(int(setting("CHECK_FAILURES")), float(setting("CHECK_EVERY")), float(setting("CHECK_TIMEOUT"))),
        )
        runner = web.AppRunner(AgentAdmin(agent).app(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", PORT).start()  # noqa: S104  # inside its container, on an internal network
        await until_stopped(stop, [agent.tell(), *(agent.watch(site) for site in lines)])
        await runner.cleanup()


if __name__ == "__main__":
    run(serve)
