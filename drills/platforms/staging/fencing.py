"""`fence`: a site that was replaced can't take writes any more, told on a way that no link carries, and proven."""

import json
import uuid

from decree import part_of
from instants import wall_ms
from settings import Settings, settings_of

from switchdrill.platform.address import Endpoint
from switchdrill.platform.asking import CommandFailed, ask, until_done
from switchdrill.platform.model import Platform

WITHIN_S = 3.0


def fence(platform: Platform, site: str) -> str:
    """What was done. CommandFailed when it can't be done or proven.

    A site that does not answer is fenced by itself: its API takes writes only within seconds of the agent's word,
    and a database that starts waits for the agent. Then the agent's own word must be newer, and is told.
    """
    settings = settings_of(platform)
    decree = part_of(ask(settings.agent, "GET", "/state").told(), "decree")
    epoch, active = part_of(decree, "epoch"), part_of(decree, "active")
    if not isinstance(epoch, int) or not isinstance(active, str):
        raise CommandFailed("the agent does not say who is active", because=str(decree))
    if active == site:
        return f"{site} is the active site (epoch {epoch}): nothing was promoted, nothing to fence"
    if _is_silent(settings.api(site)):
        _stop_database(settings, site, epoch)
        return f"{site}'s API does not answer: it comes back fenced, or finds itself cut off; epoch {epoch} is newer"
    _tell(settings.api(site), site, decree, epoch)
    reply = ask(settings.api(site), "POST", "/gifts", {"id": f"fence-{uuid.uuid4().hex}", "amount": 1})
    if reply.status != 409:
        raise CommandFailed(
            f"{site} was told that it is not active, but it did not refuse a write",
            because=f"it answers {reply.text()}",
            now=f"end its API before its links are opened: the container of {site}.api",
        )
    return f"{site} goes by epoch {epoch} and refused a write"


def _tell(api: Endpoint, site: str, decree: object, epoch: int) -> None:
    body = {**(decree if isinstance(decree, dict) else {}), "issued_ms": wall_ms()}

    def told() -> str:
        answer = ask(api, "POST", "/role", body).told()
        known, active = answer.get("epoch"), answer.get("active")
        says = f"it goes by epoch {known}, {active} active"
        if not isinstance(known, int) or known < epoch or active == site:
            raise CommandFailed(says)
        return says

    until_done(told, within_s=WITHIN_S, what=f"fence of {site}: its API goes by epoch {epoch}")


def _is_silent(place: Endpoint) -> bool:
    try:
        ask(place, "GET", "/health/shallow", within_s=1.0)
    except CommandFailed:
        return True
    return False


def _stop_database(settings: Settings, site: str, epoch: int) -> None:
    """Without an API nobody tells the database; when its keeper answers, we do."""
    try:
        reply = ask(settings.keeper(site), "POST", "/fence", {"epoch": epoch}, within_s=1.0)
    except CommandFailed:
        return  # it is gone, too, and starts fenced
    if reply.status not in (200, 409):
        raise CommandFailed(f"the database of {site} did not take the fence", because=json.dumps(reply.text()))
