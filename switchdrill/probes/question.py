"""The questions: what is asked of a target in one slot, and when its answer is good."""

import json
from dataclasses import dataclass
from typing import Protocol

from switchdrill.platform.targets import Target
from switchdrill.probes.answer import BadStatus, Notes
from switchdrill.probes.request import Headers, Web
from switchdrill.probes.resolution import resolve
from switchdrill.probes.way import Sites, Way
from switchdrill.record.samples import Outcome

ACKNOWLEDGED = 200


class Question(Protocol):
    """Asked once a slot. Waits for ever; whoever asks has the time-out, and keeps what `notes` knew by then."""

    async def ask(self, slot: int, notes: Notes) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class DnsQuestion:
    """Which address a resolver, or the authority, gives for the entry's name. Good: any address."""

    target: Target
    sites: Sites

    async def ask(self, slot: int, notes: Notes) -> Outcome:  # noqa: ARG002 - the same for every slot
        if self.target.resolver is None:
            raise ValueError(f"{self.target.name}: nobody to ask")
        found = await resolve(self.target.name_asked, self.target.resolver, notes, source=self.target.source)
        notes.v0 = found.ttl_s
        notes.site = self.sites.at(found.address)
        return Outcome.GOOD


@dataclass(frozen=True, slots=True)
class HttpQuestion:
    """GET, as health checks do. Good: a whole 2xx answer."""

    target: Target
    sites: Sites
    web: Web

    async def ask(self, slot: int, notes: Notes) -> Outcome:  # noqa: ARG002 - the same for every slot
        place = await Way(self.target).place()

        def arrived(status: int, headers: Headers) -> None:
            notes.site, notes.v0 = self.sites.served(self.target, place.address, headers), status

        await self.web.get(place, self.target.path, arrived)
        return Outcome.GOOD


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """POST one numbered record, once. Good: 200, acknowledged. See `Outcome` for which others surely wrote nothing."""

    target: Target
    sites: Sites
    web: Web
    run: str
    room: str

    async def ask(self, slot: int, notes: Notes) -> Outcome:
        notes.v0 = slot
        place = await Way(self.target).place()

        def arrived(status: int, headers: Headers) -> None:
            notes.site, notes.v1 = self.sites.served(self.target, place.address, headers), status

        record = {"id": record_id(self.run, self.target, slot), "room": self.room, "sender": "canary", "amount": 1}
        try:
            await self.web.post(place, self.target.path, json.dumps(record).encode(), arrived)
        except BadStatus:
            return Outcome.BAD_STATUS if 400 <= notes.v1 < 500 else Outcome.UNCERTAIN
        return Outcome.GOOD if notes.v1 == ACKNOWLEDGED else Outcome.UNCERTAIN


def record_id(run: str, target: Target, slot: int) -> str:
    """The id of a canary record in the platform's ledger."""
    return f"{run}-{target.name}-{slot}"
