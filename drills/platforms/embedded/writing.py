"""From a write to its answer: written here, stored at the other site, acknowledged; or surely not; or nobody knows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from database import Database, DatabaseUnavailable
from pushing import Pushes
from pydantic import Field
from records import Offer, Records
from rooms import Room

from switchdrill.platform.model import Name
from switchdrill.yamlfile import Strict


class Gift(Strict):
    """What a viewer sends; `id` is the sender's own, and sending it again is no second gift."""

    id: str = Field(min_length=1, max_length=200)
    room: Name = "room1"
    sender: str = Field(default="", max_length=200)
    amount: int = Field(gt=0, le=1_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The answer to a write."""

    status: Literal[200, 409, 503]
    """200 acknowledged, 409 surely not stored, 503 stored or not."""
    epoch: int
    reason: str = ""


class Writing:
    """Writes at this site, of gifts and of room metadata alike."""

    def __init__(
        self, *, database: Database, pushes: Pushes, synchronous: bool, is_guarded: Callable[[], bool]
    ) -> None:
        self._database = database
        self._pushes = pushes
        self._synchronous = synchronous
        self.is_guarded = is_guarded

    async def gift(self, gift: Gift) -> Written:
        """Write a gift, once."""
        body = gift.model_dump_json()
        if not self.is_guarded():
            return await self._write(lambda records: records.offer_gift_unguarded(gift.id, body))
        return await self._write(lambda records: records.offer_gift(gift.id, body, waits=self._synchronous))

    async def room(self, room: Room) -> Written:
        """Write a new version of a room's metadata."""
        body = room.model_dump_json()
        return await self._write(lambda records: records.offer_room(room.room, body, waits=self._synchronous))

    async def _write(self, operation: Callable[[Records], Offer]) -> Written:
        try:
            offer = await self._database.do(operation)
        except DatabaseUnavailable as problem:
            return Written(status=503, epoch=0, reason=str(problem))
        epoch = offer.role.epoch
        if offer.outcome == "not_active":
            active = offer.role.active or "nobody yet"
            return Written(status=409, epoch=epoch, reason=f"this site may not write, {active} is active; not stored")
        if offer.outcome == "conflict":
            return Written(status=409, epoch=epoch, reason="this id is another gift's already; not stored")
        if offer.outcome == "known_here":
            return Written(status=503, epoch=epoch, reason="it is known here, but this site may not acknowledge it")
        if offer.record is None or offer.outcome == "stored":
            return Written(status=200, epoch=epoch)
        if offer.outcome == "acknowledged":
            if not offer.role.down:
                self._pushes.push_later(offer.record)
            return Written(status=200, epoch=epoch)
        fate = await self._pushes.confirmed(offer.record)
        if fate == "stored":
            return Written(status=200, epoch=epoch)
        if fate == "withdrawn":
            return Written(status=409, epoch=epoch, reason=f"epoch {epoch} is stale; withdrawn, not stored")
        return Written(status=503, epoch=epoch, reason="the other site did not confirm in time; stored or not")
