"""Commands of the embedded platform, for its runbook: steer, failback, fence, check, reset, state.

  steer --to SITE     planned switch, now; refused unless the site is up and in step
  failback --to SITE  the same, after waiting until the site is in step
  fence --site SITE   out of band: make a site that is not active refuse writes, and prove it with one
  check               is all as before a drill: the primary active, the standby in step, nobody sent elsewhere
  reset               the primary active, the standby in step
  state               what the GSLB knows, as JSON

Exit code 0 when done, 1 with a reason when not.
"""

import http.client
import json
import sys
import uuid
from dataclasses import dataclass
from typing import TypeVar

from gslb_state import State, SteerAnswer
from program import options
from pydantic import ValidationError
from role import RoleTaken
from wiring import Place, inside, load, serving_sites, settings_of

from switchdrill.clock import wait_until
from switchdrill.errors import EXIT_FAIL, EXIT_PASS, SwitchdrillError
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.yamlfile import Strict

Answer = TypeVar("Answer", bound=Strict)

ADMIN_TIMEOUT_S = 10.0
SITE_TIMEOUT_S = 2.0
FENCE_WITHIN_S = 3.0
IN_STEP_WITHIN_S = 30.0
CHECK_WITHIN_S = 5.0
AGAIN_S = 0.2


class CommandFailed(SwitchdrillError):
    """It could not be done, or could not be proven."""

    exit_code = EXIT_FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    body: bytes


def steer(platform: Platform, to: str) -> str:
    """A planned switch. CommandFailed with the GSLB's reason when it refuses."""
    body = json.dumps({"to": to})
    reply = _asked(_admin(platform), "POST", "/steer", body, within_s=ADMIN_TIMEOUT_S)
    answer = _read(SteerAnswer, reply)
    if not answer.done:
        raise CommandFailed(f"viewers were not sent to {to}", because=answer.says)
    return answer.says


def failback(platform: Platform, to: str) -> str:
    """As `steer`, but a site that is not in step yet is waited for."""
    said = ["the GSLB was not asked"]

    def done() -> str:
        try:
            return steer(platform, to)
        except CommandFailed as problem:
            said[0] = problem.because or problem.what
            return ""

    return wait_until(done, within_s=IN_STEP_WITHIN_S, every_s=AGAIN_S, what=f"failback to {to}", saw=lambda: said[0])


def fence(platform: Platform, site: str) -> str:
    """Make sure that `site` can't acknowledge a write any more, on a way that no link of the site carries."""
    role = state(platform).role
    if role.active == site:
        return f"{site} is the active site (epoch {role.epoch}): nothing was promoted, nothing to fence"
    place = inside(platform, f"{site}.api--gslb")
    said = ["it was not asked"]

    def knows() -> bool:
        try:
            reply = _asked(place, "POST", "/role", role.model_dump_json(), within_s=SITE_TIMEOUT_S)
            taken = _read(RoleTaken, reply)
        except CommandFailed as problem:
            said[0] = problem.because or problem.what
            return False
        said[0] = f"it goes by epoch {taken.role.epoch}, {taken.role.active} active"
        return taken.role.epoch >= role.epoch and taken.role.active != site

    what = f"fence of {site}: its API goes by epoch {role.epoch}"
    wait_until(knows, within_s=FENCE_WITHIN_S, every_s=AGAIN_S, what=what, saw=lambda: said[0])
    write = json.dumps({"id": f"fence-{uuid.uuid4().hex}", "amount": 1})
    reply = _asked(place, "POST", "/gifts", write, within_s=SITE_TIMEOUT_S)
    if reply.status != 409:
        raise CommandFailed(
            f"{site} was told that it is not active, but it did not refuse a write",
            because=f"it answers {reply.status} {reply.body.decode(errors='replace')}",
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
    return _read(State, _asked(_admin(platform), "GET", "/state", None, within_s=ADMIN_TIMEOUT_S))


def _admin(platform: Platform) -> Place:
    return split_endpoint(settings_of(platform).gslb_admin)


def _asked(place: Place, method: str, path: str, body: str | None, *, within_s: float) -> Reply:
    connection = http.client.HTTPConnection(*place, timeout=within_s)
    try:
        connection.request(method, path, body=body)
        response = connection.getresponse()
        return Reply(status=response.status, body=response.read())
    except (OSError, http.client.HTTPException) as problem:
        reason = f"{method} http://{place[0]}:{place[1]}{path}: {type(problem).__name__} {problem}"
        raise CommandFailed("a part of the platform does not answer", because=reason) from problem
    finally:
        connection.close()


def _read(model: type[Answer], reply: Reply) -> Answer:
    try:
        return model.model_validate_json(reply.body)
    except ValidationError as problem:
        because = f"{reply.status} {reply.body[:200].decode(errors='replace')}"
        raise CommandFailed("an answer that can't be understood", because=because) from problem


def main(argv: list[str] | None = None) -> int:
    parser = options(__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("steer").add_argument("--to", required=True)
    commands.add_parser("failback").add_argument("--to", required=True)
    commands.add_parser("fence").add_argument("--site", required=True)
    commands.add_parser("check")
    commands.add_parser("reset")
    commands.add_parser("state")
    asked = parser.parse_args(argv)
    try:
        platform = load(asked.platform)
        named = getattr(asked, "to", None) or getattr(asked, "site", None)
        if named is not None and named not in serving_sites(platform):
            raise CommandFailed(f"there is no site {named!r}", because=f"there are {serving_sites(platform)}")
        if asked.command == "steer":
            said = steer(platform, asked.to)
        elif asked.command == "failback":
            said = failback(platform, asked.to)
        elif asked.command == "fence":
            said = fence(platform, asked.site)
        elif asked.command == "check":
            said = check(platform)
        elif asked.command == "reset":
            said = reset(platform)
        else:
            said = state(platform).model_dump_json(indent=2)
    except SwitchdrillError as problem:
        sys.stderr.write(f"ctl.py: {problem}\n")
        return EXIT_FAIL
    sys.stdout.write(f"{said}\n")
    return EXIT_PASS


if __name__ == "__main__":
    sys.exit(main())
