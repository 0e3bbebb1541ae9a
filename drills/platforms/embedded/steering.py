"""Decides: who is down, who is active, where viewers are sent.

- A site that could not serve N times in a row is declared down; after `up_after` good checks in a row it is up again. A
  standby is also declared down when it can serve but was not with the active site N times in a row, while the active
  one is well: the active one then goes on alone.
- The active site down, and the other one up and in step at this epoch: the other one is active, at the next epoch.
- Both down, or the other one not in step: nobody is promoted, and viewers stay; a stale copy never becomes the truth
  by itself. An active site whose standby is declared down goes on alone with gifts, whatever its own picture does.
- Back to the primary only on command, unless `automatic_failback` is set.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from authority import Authority
from decision_file import Decision, remember, remembered
from decrees import Decrees
from event_log import EventLog
from gslb_state import SteerAnswer
from role import Role
from watching import Check, Watched
from wiring import Settings, detector_of, peer_of, serving_sites

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.platform.model import Platform

PLANNED_TELL_S = 2.5
"""How long a planned steer waits for one site's word before it is taken back."""
STARTING_NS = 15 * NS_PER_S
"""Failures of a site that was never seen up count only after this: a platform does not start in one instant."""


class Steering:
    """The one who makes epochs."""

    def __init__(
        self,
        *,
        platform: Platform,
        settings: Settings,
        authority: Authority,
        decrees: Decrees,
        events: EventLog,
        check: Callable[[str], Awaitable[Check]],
        file: Path,
    ) -> None:
        self._platform = platform
        self._settings = settings
        self._detector = detector_of(platform)
        self._authority = authority
        self._decrees = decrees
        self._events = events
        self._check = check
        self._file = file
        self._log = logging.getLogger("gslb")
        self._lock = asyncio.Lock()
        self._started_ns = now_ns()
        self._primary = platform.site_with_role("primary")
        self.watched = {site: Watched(site=site) for site in serving_sites(platform)}
        known = remembered(file)
        self._is_first_start = known is None
        self.decision = known or Decision(role=Role(epoch=1, active=self._primary), answering=self._primary)

    async def start(self) -> None:
        """Answer and proclaim what was decided last."""
        remember(self._file, self.decision)
        self._point(self.decision.answering)
        role = self.decision.role
        self._events.say("started", site=role.active, epoch=role.epoch, down=role.down)
        await self._decrees.proclaim(role)

    async def seen(self, site: str, check: Check) -> None:
        """One more check: count it, and decide."""
        watched = self.watched[site]
        failed_before = watched.failures
        if not self._is_still_starting(watched, check):
            watched.count(check, self.decision.role)
        if check.trouble:
            self._events.say(
                "check_failed", at_ns=check.ended_ns, site=site, because=check.trouble, in_a_row=watched.failures
            )
        elif failed_before:
            self._events.say("check_passed", at_ns=check.ended_ns, site=site)
        if check.health is not None:
            await self._decrees.forgotten(site, check.health.epoch, asked_ns=check.started_ns)
        async with self._lock:
            self._declare(site, check)
            await self._decide(check.ended_ns)
        if self._wants_failback():
            await self.steer(self._primary)

    async def steer(self, to: str) -> SteerAnswer:
        """A planned switch: first the old active site steps back, then the new one steps up, then viewers are sent.

        When a site does not answer in time the old one is active again, at a higher epoch, and viewers stay.
        """
        async with self._lock:
            role = self.decision.role
            if to not in self.watched:
                return SteerAnswer(done=False, says=f"there is no site {to}")
            if role.active == to and self.decision.answering == to:
                return SteerAnswer(done=True, says=f"{to} is active already, epoch {role.epoch}")
            self.watched[to].last = await self._check(to)
            reason = self.why_not(to)
            if reason:
                return SteerAnswer(done=False, says=reason)
            old = role.active
            epoch = self._set_role(active=to, down=[])
            await self._decrees.proclaim(self.decision.role, hold=to)
            failed = old if not await self._decrees.acknowledged_by(old, epoch, within_s=PLANNED_TELL_S) else ""
            if not failed:
                await self._decrees.release()
                failed = to if not await self._decrees.acknowledged_by(to, epoch, within_s=PLANNED_TELL_S) else ""
            if failed:
                back = self._set_role(active=old, down=[])
                self._events.say("steer_taken_back", site=old, epoch=back, because=f"{failed} did not answer")
                await self._decrees.proclaim(self.decision.role)
                return SteerAnswer(done=False, says=f"{failed} did not answer in time; {old} is active again")
            self._send_viewers(to, because="command")
            return SteerAnswer(done=True, says=f"{to} is active, epoch {epoch}")

    def outdone(self, role: Role) -> None:
        """A site knows a higher epoch than we made: our memory was lost. What that epoch says is right."""
        if role.epoch <= self.decision.role.epoch:
            return
        self._log.warning(
            "a site knows epoch %d, we are at %d: we take that over", role.epoch, self.decision.role.epoch
        )
        self.decision = Decision(role=role, answering=role.active, declared_down=role.down)
        remember(self._file, self.decision)
        self._point(role.active)
        self._events.say("outdone", site=role.active, epoch=role.epoch, down=role.down)

    def why_not(self, to: str) -> str:
        """Why viewers can't be sent to `to` on command; nothing when they can."""
        last = self.watched[to].last
        if to in self.decision.declared_down:
            return f"{to} is declared down"
        if last is None or last.trouble or last.health is None:
            return f"{to} did not pass its last check: {last.trouble if last else 'there was none'}"
        if not self._is_in_step(to) or not last.health.caught_up:
            return f"{to} is not in step: {last.health.parts['replication'].says}"
        return ""

    # --- below

    def _is_still_starting(self, watched: Watched, check: Check) -> bool:
        is_new = self._is_first_start and not watched.was_seen_up and bool(check.trouble)
        return is_new and now_ns() - self._started_ns < STARTING_NS

    def _declare(self, site: str, check: Check) -> None:
        watched = self.watched[site]
        limit = self._detector.consecutive_failures
        is_down = site in self.decision.declared_down
        if not is_down and watched.failures >= limit:
            self._set_declared(site, is_down=True)
            self._tell_down(site, check.ended_ns, because=check.trouble)
        if is_down and watched.successes >= self._settings.up_after:
            self._set_declared(site, is_down=False)
            self._log.info("site %s is up", site)
            self._events.say("site_up", at_ns=check.ended_ns, site=site, epoch=self.decision.role.epoch)
        # A standby that lost touch, judged when the active site has since been seen well: while that one is failing,
        # it is the reason.
        active = self.watched[self.decision.role.active]
        standby = self.watched[peer_of(self._platform, active.site)]
        if (
            standby.site not in self.decision.declared_down
            and standby.apart >= limit
            and active.last is not None
            and not active.last.trouble
            and active.last.started_ns >= standby.apart_since_ns
        ):
            self._set_declared(standby.site, is_down=True)
            self._tell_down(standby.site, check.ended_ns, because="it is not with the active site")

    def _tell_down(self, site: str, at_ns: int, *, because: str) -> None:
        self._log.warning("site %s is down: %s", site, because)
        self._events.say("site_down", at_ns=at_ns, site=site, epoch=self.decision.role.epoch, because=because)

    async def _decide(self, at_ns: int) -> None:
        role = self.decision.role
        other = peer_of(self._platform, role.active)
        declared = self.decision.declared_down
        if role.active in declared and other not in declared and self._is_in_step(other):
            self._set_role(active=other, down=[role.active])
            self._send_viewers(other, because=f"{role.active} is down")
            await self._decrees.proclaim(self.decision.role)
        elif (other in declared) != (other in role.down):
            epoch = self._set_role(active=role.active, down=[other] if other in declared else [])
            event = "goes_on_alone" if other in declared else "together_again"
            self._events.say(event, at_ns=at_ns, site=role.active, epoch=epoch)
            await self._decrees.proclaim(self.decision.role)

    def _is_in_step(self, site: str) -> bool:
        """It said so at this epoch, and that stays true while the epoch does: nothing is acknowledged without it."""
        last = self.watched[site].last
        return last is not None and last.health is not None and last.health.in_step_epoch == self.decision.role.epoch

    def _wants_failback(self) -> bool:
        role = self.decision.role
        wanted = self._settings.automatic_failback and role.active != self._primary
        return wanted and not self._lock.locked() and not self.why_not(self._primary)

    def _set_declared(self, site: str, *, is_down: bool) -> None:
        declared = [each for each in self.decision.declared_down if each != site]
        self._keep(declared_down=[*declared, site] if is_down else declared)

    def _set_role(self, *, active: str, down: list[str]) -> int:
        """The next epoch."""
        epoch = self.decision.role.epoch + 1
        self._keep(role=Role(epoch=epoch, active=active, down=down))
        return epoch

    def _send_viewers(self, to: str, *, because: str) -> None:
        self._keep(answering=to)
        at_ns = now_ns()
        self._point(to)
        self._log.warning("viewers are sent to %s: %s", to, because)
        self._events.say("steered", at_ns=at_ns, site=to, epoch=self.decision.role.epoch, because=because)

    def _keep(self, **changed: "Role | str | list[str]") -> None:
        self.decision = self.decision.model_copy(update=changed)
        remember(self._file, self.decision)

    def _point(self, site: str) -> None:
        self._authority.point_to(self._platform.sites[site].address, serial=self.decision.role.epoch)
