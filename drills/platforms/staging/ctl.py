"""Commands of the staging platform, for its runbook: steer, failback, fence, check, reset, state.

  steer SITE     planned switch, now; refused unless the site is up and in step
  failback SITE  the same, after waiting until the site is in step
  fence SITE     out of band: a site that is not active refuses writes, proven with one
  check          is everything as after a fresh start? proven with one gift
  reset          the same, brought about: containers, borders, roles, the room
  state          what the agent knows, as JSON

Exit code 0 when done, 1 with a reason when not.
"""

import json
import sys
from collections.abc import Sequence

import checking
import containers
from fencing import fence
from settings import settings_of

from switchdrill.clock import wait_until
from switchdrill.platform.asking import CommandFailed, ask, until_done
from switchdrill.platform.commands import Commands
from switchdrill.platform.model import Platform

SWITCH_S = 25.0
IN_STEP_S = 30.0
WELL_S = 45.0
BORDER_S = 10.0
NOT_FOUND = 404
NO_CONTENT = 204


def steer(platform: Platform, to: str, *, path: str = "/steer") -> str:
    """A planned switch. CommandFailed with the agent's reason when it refuses."""
    answer = ask(settings_of(platform).agent, "POST", path, {"to": to}, within_s=SWITCH_S).told()
    if answer.get("done") is not True:
        raise CommandFailed(f"viewers were not sent to {to}", because=str(answer.get("says")))
    return str(answer.get("says"))


def failback(platform: Platform, to: str) -> str:
    """As `steer`, but a site that is not in step yet is waited for."""
    return until_done(lambda: steer(platform, to, path="/failback"), within_s=IN_STEP_S, what=f"failback to {to}")


def check(platform: Platform) -> str:
    """CommandFailed with everything that is wrong."""
    found = checking.wrong(platform)
    if found:
        raise CommandFailed(
            "the platform is not as after a fresh start",
            because="\n".join(found),
            now="wait for what is on its way, or:  ctl.py reset",
        )
    primary = platform.site_with_role("primary")
    return f"{primary} is active and takes writes, the standby is in step, nothing is held: as after a fresh start"


def reset(platform: Platform) -> str:
    """From any state to that of a fresh start; gifts stay."""
    primary = platform.site_with_role("primary")
    done = containers.mend(platform)
    for site in platform.sites.values():
        if site.toxiproxy:
            _open_border(site.toxiproxy)
    said = failback(platform, primary)
    api = settings_of(platform).api(primary)
    if ask(api, "GET", checking.ROOM).status == NOT_FOUND:
        ask(api, "PUT", checking.ROOM)
        done.append("the room's metadata was written again")
    _wait_until_well(platform)
    return "; ".join([*done, said, "everything as after a fresh start"])


def state(platform: Platform) -> str:
    """What the agent knows now."""
    return json.dumps(ask(settings_of(platform).agent, "GET", "/state").told(), indent=2)


def _open_border(url: str) -> None:
    """Every proxy carries, nothing disturbs. The server is the platform's own, and this is the platform's own reset."""
    place = url.removeprefix("http://").rstrip("/")

    def opened() -> str:
        reply = ask(place, "POST", "/reset")
        if reply.status != NO_CONTENT:
            raise CommandFailed(f"it answers {reply.text()}")
        return "it is open"

    until_done(opened, within_s=BORDER_S, what=f"the border at {place} is open")


def _wait_until_well(platform: Platform) -> None:
    wrong = ["nobody looked"]

    def is_well() -> bool:
        wrong[:] = checking.wrong(platform)
        return not wrong

    wait_until(is_well, within_s=WELL_S, every_s=1.0, what="as after a fresh start", saw=lambda: "\n".join(wrong))


def main(argv: Sequence[str] | None = None) -> int:
    commands = Commands(steer=steer, failback=failback, fence=fence, check=check, reset=reset, state=state)
    return commands.run(__doc__, argv)


if __name__ == "__main__":
    sys.exit(main())
