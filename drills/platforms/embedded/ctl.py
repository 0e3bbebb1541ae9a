"""Commands of the embedded platform, for its runbook: steer, failback, fence, check, reset, state.

  steer SITE     planned switch, now; refused unless the site is up and in step
  failback SITE  the same, after waiting until the site is in step
  fence SITE     out of band: make a site that is not active refuse writes, and prove it with one
  check          is all as before a drill: the primary active, the standby in step, nobody sent elsewhere
  reset          the primary active, the standby in step
  state          what the GSLB knows, as JSON

Exit code 0 when done, 1 with a reason when not.
"""

import sys
import uuid

from gslb_state import State, SteerAnswer
from role import RoleTaken
from wiring import inside, serving_sites, settings_of

from switchdrill.clock import wait_until
from switchdrill.platform.asking import AGAIN_S, CommandFailed, ask, until_done
from switchdrill.platform.commands import Commands
from switchdrill.platform.model import Platform

ADMIN_TIMEOUT_S = 10.0
FENCE_WITHIN_S = 3.0
IN_STEP_WITHIN_S = 30.0
CHECK_WITHIN_S = 5.0


def steer(platform: Platform, to: str) -> str:
    """A planned switch. CommandFailed with the GSLB's reason when it refuses."""
    gslb = settings_of(platform).gslb_admin
    answer = ask(gslb, "POST", "/steer", {"to": to}, within_s=ADMIN_TIMEOUT_S).read(SteerAnswer)
    if not answer.done:
        raise CommandFailed(f"viewers were not sent to {to}", because=answer.says)
    return answer.says


def failback(platform: Platform, to: str) -> str:
    """As `steer`, but a site that is not in step yet is waited for."""
    return until_done(lambda: steer(platform, to), within_s=IN_STEP_WITHIN_S, what=f"failback to {to}")


def fence(platform: Platform, site: str) -> str:
    """Make sure that `site` can't acknowledge a write any more, on a way that no link of the site carries."""
    role = state(platform).role
    if role.active == site:
        return f"{site} is the active site (epoch {role.epoch}): nothing was promoted, nothing to fence"
    host, port = inside(platform, f"{site}.api--gslb")
    api = f"{host}:{port}"

    def told() -> str:
        taken = ask(api, "POST", "/role", role.model_dump(mode="json")).read(RoleTaken).role
        says = f"it goes by epoch {taken.epoch}, {taken.active} active"
        if taken.epoch < role.epoch or taken.active == site:
            raise CommandFailed(says)
        return says

    until_done(told, within_s=FENCE_WITHIN_S, what=f"fence of {site}: its API goes by epoch {role.epoch}")
    reply = ask(api, "POST", "/gifts", {"id": f"fence-{uuid.uuid4().hex}", "amount": 1})
    if reply.status != 409:
        raise CommandFailed(
            f"{site} was told that it is not active, but it did not refuse a write",
            because=f"it answers {reply.text()}",
            now=f"end its API before its links are opened: the service {site}.api",
        )
    return f"{site} goes by epoch {role.epoch} and refused a write"


def reset(platform: Platform) -> str:
    """The primary active and the standby in step, as after a fresh start; gifts and rooms stay."""
    primary = platform.site_with_role("primary")
    said = failback(platform, primary)
    standby = next(site for site in serving_sites(platform) if site != primary)
    saw = ["the GSLB was not asked"]

    def in_step() -> bool:
        seen = state(platform)
        saw[0] = seen.sites[standby].why_not
        return seen.role.active == primary and not saw[0]

    wait_until(in_step, within_s=IN_STEP_WITHIN_S, every_s=AGAIN_S, what=f"{standby} in step again", saw=lambda: saw[0])
    return f"{said}; {standby} is in step"


def check(platform: Platform) -> str:
    """CommandFailed, with what is off, unless all is as before a drill. A standby that catches up is waited for."""
    primary = platform.site_with_role("primary")
    standbys = [site for site in serving_sites(platform) if site != primary]
    saw = ["the GSLB was not asked"]

    def is_ready() -> bool:
        seen = state(platform)
        off = [f"{site}: {seen.sites[site].why_not}" for site in standbys if seen.sites[site].why_not]
        if seen.role.active != primary or seen.answering != primary:
            off.insert(0, f"{seen.role.active} is active, viewers are sent to {seen.answering}")
        saw[0] = "; ".join(off)
        return not off

    wait_until(is_ready, within_s=CHECK_WITHIN_S, every_s=AGAIN_S, what="as before a drill", saw=lambda: saw[0])
    return f"{primary} is active, {' and '.join(standbys)} in step, viewers are sent to {primary}"


def state(platform: Platform) -> State:
    """What the GSLB knows now."""
    return ask(settings_of(platform).gslb_admin, "GET", "/state", within_s=ADMIN_TIMEOUT_S).read(State)


def main(argv: list[str] | None = None) -> int:
    commands = Commands(
        steer=steer,
        failback=failback,
        fence=fence,
        check=check,
        reset=reset,
        state=lambda platform: state(platform).model_dump_json(indent=2),
    )
    return commands.run(__doc__, argv)


if __name__ == "__main__":
    sys.exit(main())
