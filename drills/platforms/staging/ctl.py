"""Commands of the staging platform, for its runbook: steer, failback, fence, check, reset, state.

  steer --to SITE     planned switch, now; refused unless the site is up and in step
  failback --to SITE  the same, after waiting until the site is in step
  fence --site SITE   out of band: a site that is not active refuses writes, proven with one
  check               is everything as after a fresh start? proven with one gift
  reset               the same, brought about: containers, borders, roles, the room
  state               what the agent knows, as JSON

Exit code 0 when done, 1 with a reason when not.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import checking
import containers
from asking import CommandFailed, ask
from fencing import fence
from platform_file import Settings, load, settings_of

from switchdrill.clock import wait_until
from switchdrill.errors import EXIT_FAIL, EXIT_PASS, SwitchdrillError
from switchdrill.platform.model import Platform

SWITCH_S = 25.0
IN_STEP_S = 30.0
WELL_S = 45.0
AGAIN_S = 0.3
NOT_FOUND = 404


def steer(settings: Settings, to: str, *, path: str = "/steer") -> str:
    """A planned switch. CommandFailed with the agent's reason when it refuses."""
    answer = ask(settings.agent, "POST", path, {"to": to}, within_s=SWITCH_S).told()
    if answer.get("done") is not True:
        raise CommandFailed(f"viewers were not sent to {to}", because=str(answer.get("says")))
    return str(answer.get("says"))


def failback(settings: Settings, to: str) -> str:
    """As `steer`, but a site that is not in step yet is waited for."""
    said = ["the agent was not asked"]

    def done() -> str:
        try:
            return steer(settings, to, path="/failback")
        except CommandFailed as problem:
            said[0] = problem.because or problem.what
            return ""

    return wait_until(done, within_s=IN_STEP_S, every_s=AGAIN_S, what=f"failback to {to}", saw=lambda: said[0])


def check(platform: Platform, settings: Settings) -> str:
    """CommandFailed with everything that is wrong."""
    found = checking.wrong(platform, settings)
    if found:
        raise CommandFailed(
            "the platform is not as after a fresh start",
            because="\n".join(found),
            now="wait for what is on its way, or:  ctl.py reset",
        )
    primary = platform.site_with_role("primary")
    return f"{primary} is active and takes writes, the standby is in step, nothing is held: as after a fresh start"


def reset(platform: Platform, settings: Settings) -> str:
    """From any state to that of a fresh start; gifts stay."""
    primary = platform.site_with_role("primary")
    done = containers.mend(platform)
    for site in platform.sites.values():
        if site.toxiproxy:
            _open_border(site.toxiproxy)
    said = failback(settings, primary)
    if ask(settings.api(primary), "GET", checking.ROOM).status == NOT_FOUND:
        ask(settings.api(primary), "PUT", checking.ROOM)
        done.append("the room's metadata was written again")
    _wait_until_well(platform, settings)
    return "; ".join([*done, said, "everything as after a fresh start"])


def _open_border(url: str) -> None:
    """Every proxy carries, nothing disturbs. The server is the platform's own, and this is the platform's own reset."""
    place = url.removeprefix("http://").rstrip("/")

    def opened() -> bool:
        try:
            return ask(place, "POST", "/reset").status == 204
        except CommandFailed:
            return False

    wait_until(opened, within_s=10, every_s=AGAIN_S, what=f"the border at {place} is open")


def _wait_until_well(platform: Platform, settings: Settings) -> None:
    wrong = ["nobody looked"]

    def is_well() -> bool:
        wrong[:] = checking.wrong(platform, settings)
        return not wrong

    wait_until(is_well, within_s=WELL_S, every_s=1.0, what="as after a fresh start", saw=lambda: "\n".join(wrong))


def _do(asked: argparse.Namespace) -> str:
    platform = load(asked.platform)
    settings = settings_of(platform)
    named = getattr(asked, "to", None) or getattr(asked, "site", None)
    if named is not None and named not in platform.sites:
        raise CommandFailed(f"there is no site {named!r}", because=f"there are {', '.join(platform.sites)}")
    if asked.command == "steer":
        return steer(settings, asked.to)
    if asked.command == "failback":
        return failback(settings, asked.to)
    if asked.command == "fence":
        return fence(settings, asked.site)
    if asked.command == "check":
        return check(platform, settings)
    if asked.command == "reset":
        return reset(platform, settings)
    return json.dumps(ask(settings.agent, "GET", "/state").told(), indent=2)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", type=Path, required=True, help="the resolved platform file")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("steer", "failback"):
        commands.add_parser(name).add_argument("--to", required=True)
    commands.add_parser("fence").add_argument("--site", required=True)
    for name in ("check", "reset", "state"):
        commands.add_parser(name)
    try:
        said = _do(parser.parse_args(argv))
    except SwitchdrillError as problem:
        sys.stderr.write(f"ctl.py: {problem}\n")
        return EXIT_FAIL
    sys.stdout.write(f"{said}\n")
    return EXIT_PASS


if __name__ == "__main__":
    sys.exit(main())
