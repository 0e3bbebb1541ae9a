"""A field of the room's metadata that is missing at one site: push address, encoder parameters, or CDN node."""

import sqlite3
from contextlib import closing

from disarray import Disarray
from inside import asked
from rooms import Room
from wiring import settings_of

from switchdrill.platform.asking import CommandFailed
from switchdrill.platform.disordering import Looked, Where

FIELDS = ("push_address", "encoder", "cdn_nodes")
PATIENCE_S = 5.0


class StreamMetadata:
    """One field of the room's metadata is taken out of the site's ledger, and kept beside it. Replication does not mend
    it: records that the site has are not sent again; the next change of the room would.
    """

    def make(self, where: Where) -> str:
        disarray = Disarray(where.folder)
        if disarray.what("stream-metadata", where.site):
            return "it was gone already"
        room = _in_ledger(where)
        if where.what not in FIELDS or not _is_there(room, where):
            raise CommandFailed(f"the room has no {where.what!r} at {where.site} that could be taken")
        disarray.make("stream-metadata", where.site, room.model_dump_json())
        _write(where, _without(room, where))
        return f"{where.what} is gone from the ledger of {where.site}"

    def take_back(self, where: Where) -> str:
        disarray = Disarray(where.folder)
        kept = disarray.what("stream-metadata", where.site)
        if not kept:
            return "nothing was gone"
        room = _in_ledger(where)
        if not _is_there(room, where):
            _write(where, _with(room, where, kept))
        disarray.take_back("stream-metadata", where.site)
        return f"{where.what} is in the ledger of {where.site} again"

    def look(self, where: Where) -> Looked:
        """As the site's API answers."""
        is_caused = bool(Disarray(where.folder).what("stream-metadata", where.site))
        reply = asked(where, "api", "GET", f"/rooms/{settings_of(where.platform).room}")
        if reply is None:
            return Looked.ended(f"the API of {where.site}", is_caused=is_caused)
        is_there = _is_there(reply.read(Room), where)
        word = "has" if is_there else "has no"
        return Looked(is_caused=is_caused, is_shown=not is_there, says=f"the room at {where.site} {word} {where.what}")


def _is_there(room: Room, where: Where) -> bool:
    if where.what == "push_address":
        return where.site in room.push
    if where.what == "encoder":
        return room.encoder is not None
    return where.platform.sites[where.site].address in room.cdn


def _without(room: Room, where: Where) -> Room:
    if where.what == "push_address":
        return room.model_copy(update={"push": {name: each for name, each in room.push.items() if name != where.site}})
    if where.what == "encoder":
        return room.model_copy(update={"encoder": None})
    own = where.platform.sites[where.site].address
    return room.model_copy(update={"cdn": [each for each in room.cdn if each != own]})


def _with(room: Room, where: Where, kept: str) -> Room:
    """The one field as it was; everything else as it is now."""
    field = {"push_address": "push", "encoder": "encoder", "cdn_nodes": "cdn"}[where.what]
    return room.model_copy(update={field: getattr(Room.model_validate_json(kept), field)})


def _in_ledger(where: Where) -> Room:
    sql = "SELECT body FROM records WHERE kind = 'room' AND key = ? ORDER BY version DESC LIMIT 1"
    with closing(_ledger(where)) as connection:
        row = connection.execute(sql, [settings_of(where.platform).room]).fetchone()
    if row is None:
        raise CommandFailed(f"the ledger of {where.site} has no room")
    return Room.model_validate_json(row[0])


def _write(where: Where, room: Room) -> None:
    sql = (
        "UPDATE records SET body = ? WHERE seq ="
        " (SELECT seq FROM records WHERE kind = 'room' AND key = ? ORDER BY version DESC LIMIT 1)"
    )
    with closing(_ledger(where)) as connection:
        connection.execute(sql, [room.model_dump_json(), room.room])


def _ledger(where: Where) -> sqlite3.Connection:
    file = where.folder / f"{where.site}.ledger.sqlite"
    return sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=PATIENCE_S, isolation_level=None)
