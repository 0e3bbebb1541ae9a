"""`fence`: a site that was replaced can't take writes any more, told on a way that no link carries, and proven."""

import json
import uuid

from asking import CommandFailed, Reply, ask, inside
from instants import wall_ms
from platform_file import Settings

from switchdrill.clock import wait_until
from switchdrill.errors import DeadlinePassed

WITHIN_S = 3.0
AGAIN_S = 0.2


def fence(settings: Settings, site: str) -> str:
    """What was done. CommandFailed when it can't be done or proven.

    A site that does not answer is fenced by itself: its API takes writes only within seconds of the agent's word,
    and a database that starts waits for the agent. Then the agent's own word must be newer, and is told.
    """
    decree = inside(ask(settings.agent, "GET", "/state").told(), "decree")
    epoch, active = inside(decree, "epoch"), inside(decree, "active")
    if not isinstance(epoch, int) or not isinstance(active, str):
        raise CommandFailed("the agent does not say who is active", because=str(decree))
    if active == site:
        return f"{site} is the active site (epoch {epoch}): nothing was promoted, nothing to fence"
    if _is_silent(settings.api(site)):
        _stop_database(settings, site, epoch)
        return f"{site}'s API does not answer: it comes back fenced, or finds itself cut off; epoch {epoch} is newer"
    _tell(settings, site, decree, epoch)
    reply = ask(settings.api(site), "POST", "/gifts", {"id": f"fence-{uuid.uuid4().hex}", "amount": 1})
    if reply.status != 409:
        raise CommandFailed(
            f"{site} was told that it is not active, but it did not refuse a write",
            because=f"it answers {reply.text()}",
            now=f"end its API before its links are opened: the container of {site}.api",
        )
    return f"{site} goes by epoch {epoch} and refused a write"


def _tell(settings: Settings, site: str, decree: object, epoch: int) -> None:
    said = ["it was not asked"]
    body = {**(decree if isinstance(decree, dict) else {}), "issued_ms": wall_ms()}

    def knows() -> bool:
        try:
            told = ask(settings.api(site), "POST", "/role", body).told()
        except CommandFailed as problem:
            said[0] = problem.because or problem.what
            return False
        known = told.get("epoch")
        said[0] = f"it goes by epoch {known}, {told.get('active')} active"
        return isinstance(known, int) and known >= epoch and told.get("active") != site

    what = f"fence of {site}: its API goes by epoch {epoch}"
    try:
        wait_until(knows, within_s=WITHIN_S, every_s=AGAIN_S, what=what, saw=lambda: said[0])
    except DeadlinePassed as problem:
        raise CommandFailed(problem.what, because=problem.because) from problem


def _is_silent(place: str) -> bool:
    try:
        ask(place, "GET", "/health/shallow", within_s=1.0)
    except CommandFailed:
        return True
    return False


def _stop_database(settings: Settings, site: str, epoch: int) -> None:
    """Without an API nobody tells the database; when its keeper answers, we do."""
    try:
        reply: Reply = ask(settings.keeper(site), "POST", "/fence", {"epoch": epoch}, within_s=1.0)
    except CommandFailed:
        return  # it is gone, too, and starts fenced
    if reply.status not in (200, 409):
        raise CommandFailed(f"the database of {site} did not take the fence", because=json.dumps(reply.text()))
