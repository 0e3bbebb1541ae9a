"""The ledger of one site, in SQLite: gifts and room metadata, in the order in which they were written here.

A record is `pending` (written here, nobody told), `acknowledged` (its sender was told, the other site may lack it) or
`stored` (the other site has it too). Every function here runs inside a transaction that its caller commits.
"""

import json
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from role import UNKNOWN, Role

from switchdrill.yamlfile import Strict

PAGE = 500
MAX_LISTED = 200_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS own (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), log TEXT NOT NULL,
    epoch INTEGER NOT NULL, active TEXT NOT NULL, down TEXT NOT NULL, in_step_epoch INTEGER NOT NULL,
    peer_log TEXT NOT NULL, peer_position INTEGER NOT NULL, touched INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL,
    version INTEGER NOT NULL, body TEXT NOT NULL, epoch INTEGER NOT NULL, state TEXT NOT NULL,
    UNIQUE (kind, key, version));
CREATE INDEX IF NOT EXISTS unconfirmed ON records (seq) WHERE state != 'stored';
CREATE TABLE IF NOT EXISTS set_aside (kind TEXT, key TEXT, version INTEGER, body TEXT, epoch INTEGER, because TEXT);
"""

State = Literal["pending", "acknowledged", "stored"]


class Record(Strict):
    """One gift, or one version of a room's metadata, as it travels between the sites."""

    seq: int
    """Its place in the sender's log."""
    kind: Literal["gift", "room"]
    key: str
    version: int
    body: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What became of a write."""

    outcome: State | Literal["not_active", "conflict", "known_here"]
    role: Role
    record: Record | None = None


class Page(Strict):
    """A stretch of the active site's log, as the standby pulls it."""

    log: str
    """Names this very ledger: positions in another one mean nothing."""
    role: Role
    records: list[Record]
    position: int
    """Ask for what is behind this next time."""
    complete: bool
    """There was nothing behind it at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTaken:
    """What became of a page, and where that leaves the standby."""

    caught_up: bool
    """Everything that the active site had when it answered is stored here."""
    role: Role
    in_step_epoch: int
    fresh: int = 0
    """Records that no push had brought before."""
    set_aside: int = 0
    """Records of ours that the active site never had."""


class Pushed(Strict):
    """Records that the active site wants the standby to store before it acknowledges them."""

    sender: str
    role: Role
    records: list[Record]


class PushTaken(Strict):
    """The standby's answer: taken all, or refused because it knows better; then `known` are those it has anyway."""

    taken: bool
    role: Role
    known: list[int] = []


class Records:
    """One open ledger; used by one thread."""

    def __init__(self, file: Path, site: str) -> None:
        self.site = site
        self.connection = sqlite3.connect(file, isolation_level=None, timeout=5.0)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.executescript(_SCHEMA)
        self.connection.execute("INSERT OR IGNORE INTO own VALUES (1, ?, 0, '', '[]', 0, '', 0, 0)", [uuid.uuid4().hex])

    # --- roles

    def role(self) -> Role:
        epoch, active, down = self.connection.execute("SELECT epoch, active, down FROM own").fetchone()
        return UNKNOWN if epoch == 0 else Role(epoch=epoch, active=active, down=json.loads(down))

    def adopt(self, role: Role) -> Role:
        """Go by `role` if it is newer than what is known; answers what is known then."""
        known = self.role()
        if role.epoch <= known.epoch:
            return known
        self.connection.execute(
            "UPDATE own SET epoch = ?, active = ?, down = ?", [role.epoch, role.active, json.dumps(role.down)]
        )
        if role.active == self.site and role.down:
            # Alone from now on: what waited for the other site is ours to keep.
            self.connection.execute("UPDATE records SET state = 'acknowledged' WHERE state = 'pending'")
        return role

    def in_step_epoch(self) -> int:
        (epoch,) = self.connection.execute("SELECT in_step_epoch FROM own").fetchone()
        return int(epoch)

    def touch(self) -> None:
        """A write that means nothing but that writing works."""
        self.connection.execute("UPDATE own SET touched = touched + 1")

    # --- writes at the active site

    def offer_gift(self, key: str, body: str, *, waits: bool) -> Offer:
        """Write a gift once. `waits`: its acknowledgement has to wait for the other site, unless that is down."""
        role = self.role()
        row = self._find("gift", key, 0)
        if row is not None:
            record, state = row
            if record.body != body:
                return Offer(outcome="conflict", role=role)
            return Offer(outcome=state if role.active == self.site else "known_here", role=role, record=record)
        return self._offer("gift", key, 0, body, role=role, waits=waits)

    def offer_gift_unguarded(self, key: str, body: str) -> Offer:
        """Acknowledge a gift whoever is active: what a site does that nothing fences."""
        role = self.role()
        row = self._find("gift", key, 0)
        if row is not None:
            return Offer(outcome="acknowledged" if row[0].body == body else "conflict", role=role, record=row[0])
        return Offer(outcome="acknowledged", role=role, record=self._write("gift", key, 0, body, state="acknowledged"))

    def offer_room(self, key: str, body: str, *, waits: bool) -> Offer:
        """Write a new version of a room's metadata; the same once more is no new version."""
        role = self.role()
        newest = self._newest_room(key)
        if newest is not None and newest[0].body == body:
            return Offer(outcome=newest[1] if role.active == self.site else "known_here", role=role, record=newest[0])
        version = 1 if newest is None else newest[0].version + 1
        return self._offer("room", key, version, body, role=role, waits=waits)

    def confirm(self, seqs: Iterable[int]) -> None:
        """The other site has these."""
        self.connection.executemany("UPDATE records SET state = 'stored' WHERE seq = ?", [(seq,) for seq in seqs])

    def withdraw(self, seqs: Iterable[int]) -> None:
        """Take back writes that nobody was told of and that the other site surely lacks."""
        self.connection.executemany("DELETE FROM records WHERE seq = ? AND state = 'pending'", [(seq,) for seq in seqs])

    # --- what goes to the other site

    def page(self, log: str, after: int) -> Page:
        """What is behind `after` in this log. Asking so says: everything up to `after` is stored at the other site."""
        (own_log,) = self.connection.execute("SELECT log FROM own").fetchone()
        if log != own_log:
            after = 0
        self.connection.execute("UPDATE records SET state = 'stored' WHERE seq <= ? AND state != 'stored'", [after])
        rows = self.connection.execute(
            "SELECT seq, kind, key, version, body, epoch FROM records WHERE seq > ? ORDER BY seq LIMIT ?",
            [after, PAGE],
        ).fetchall()
        records = [_record(row) for row in rows]
        position = records[-1].seq if records else after
        return Page(log=own_log, role=self.role(), records=records, position=position, complete=len(records) < PAGE)

    # --- what comes from the other site

    def take_pushed(self, pushed: Pushed) -> PushTaken:
        """Store what the active site wrote; refused when it goes by an older epoch than we know."""
        role = self.adopt(pushed.role)
        if role != pushed.role or role.active != pushed.sender:
            known = [each.seq for each in pushed.records if self._has(each)]
            return PushTaken(taken=False, role=role, known=known)
        for record in pushed.records:
            self._store(record)
        return PushTaken(taken=True, role=role)

    def position(self) -> tuple[str, int]:
        """Up to where we have the other site's log."""
        log, position = self.connection.execute("SELECT peer_log, peer_position FROM own").fetchone()
        return str(log), int(position)

    def take_page(self, page: Page, sender: str) -> PageTaken:
        """Store a pulled page, if the sender is the active site at the epoch that both of us go by."""
        role = self.adopt(page.role)
        if role != page.role or role.active != sender:
            return PageTaken(caught_up=False, role=role, in_step_epoch=self.in_step_epoch())
        fresh = sum([self._store(record) for record in page.records])
        if self.position() != (page.log, page.position):
            self.connection.execute("UPDATE own SET peer_log = ?, peer_position = ?", [page.log, page.position])
        aside = self._set_strays_aside() if page.complete else 0
        if page.complete and self.site not in role.down and self.in_step_epoch() != role.epoch:
            self.connection.execute("UPDATE own SET in_step_epoch = ?", [role.epoch])
        return PageTaken(
            caught_up=page.complete, role=role, in_step_epoch=self.in_step_epoch(), fresh=fresh, set_aside=aside
        )

    def take_late(self, page: Page) -> None:
        """Before this site is promoted: store what the other one still has. Nothing of ours is changed by it."""
        for record in page.records:
            self.connection.execute(
                "INSERT OR IGNORE INTO records (kind, key, version, body, epoch, state)"
                " VALUES (?, ?, ?, ?, ?, 'stored')",
                [record.kind, record.key, record.version, record.body, record.epoch],
            )

    def room(self, key: str) -> Record | None:
        """The newest version of a room's metadata that has been acknowledged."""
        newest = self._newest_room(key, "AND state != 'pending'")
        return None if newest is None else newest[0]

    # --- below

    def _offer(
        self, kind: Literal["gift", "room"], key: str, version: int, body: str, *, role: Role, waits: bool
    ) -> Offer:
        if role.active != self.site:
            return Offer(outcome="not_active", role=role)
        state: State = "pending" if waits and not role.down else "acknowledged"
        return Offer(outcome=state, role=role, record=self._write(kind, key, version, body, state=state))

    def _write(self, kind: Literal["gift", "room"], key: str, version: int, body: str, *, state: State) -> Record:
        epoch = self.role().epoch
        cursor = self.connection.execute(
            "INSERT INTO records (kind, key, version, body, epoch, state) VALUES (?, ?, ?, ?, ?, ?)",
            [kind, key, version, body, epoch, state],
        )
        return Record(seq=cursor.lastrowid or 0, kind=kind, key=key, version=version, body=body, epoch=epoch)

    def _find(self, kind: str, key: str, version: int) -> tuple[Record, State] | None:
        row = self.connection.execute(
            "SELECT seq, kind, key, version, body, epoch, state FROM records"
            " WHERE kind = ? AND key = ? AND version = ?",
            [kind, key, version],
        ).fetchone()
        return None if row is None else (_record(row[:6]), row[6])

    def _newest_room(self, key: str, which: str = "") -> tuple[Record, State] | None:
        row = self.connection.execute(
            "SELECT seq, kind, key, version, body, epoch, state FROM records"  # noqa: S608 - `which` is ours
            f" WHERE kind = 'room' AND key = ? {which} ORDER BY version DESC LIMIT 1",
            [key],
        ).fetchone()
        return None if row is None else (_record(row[:6]), row[6])

    def _has(self, record: Record) -> bool:
        row = self._find(record.kind, record.key, record.version)
        return row is not None and row[0].body == record.body

    def _store(self, record: Record) -> bool:
        """Whether it is new here. What the active site wrote is right: what contradicts it here is set aside."""
        row = self._find(record.kind, record.key, record.version)
        if row is not None and row[0].body != record.body:
            self._set_aside("seq = ?", row[0].seq, because="the active site has another body")
            row = None
        self.connection.execute(
            "INSERT INTO records (kind, key, version, body, epoch, state) VALUES (?, ?, ?, ?, ?, 'stored')"
            " ON CONFLICT (kind, key, version) DO UPDATE SET state = 'stored'",
            [record.kind, record.key, record.version, record.body, record.epoch],
        )
        return row is None

    def _set_strays_aside(self) -> int:
        """We have the active site's whole log; what is unconfirmed here never got there and never will."""
        return self._set_aside("state != 'stored' AND ? = 0", 0, because="the active site never had it")

    def _set_aside(self, which: str, value: int, *, because: str) -> int:
        self.connection.execute(
            "INSERT INTO set_aside SELECT kind, key, version, body, epoch, ? || ' (it was ' || state || ')'"  # noqa: S608 - `which` is ours
            f" FROM records WHERE {which}",
            [because, value],
        )
        return self.connection.execute(f"DELETE FROM records WHERE {which}", [value]).rowcount  # noqa: S608 - ours


def acknowledged_gifts(file: Path, prefix: str) -> list[tuple[str, str]]:
    """(id, body) of every gift whose sender may have been told; with a connection of its own, beside the writer."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)
    try:
        return connection.execute(
            "SELECT key, body FROM records WHERE kind = 'gift' AND substr(key, 1, length(?)) = ? AND state != 'pending'"
            " ORDER BY seq LIMIT ?",
            [prefix, prefix, MAX_LISTED],
        ).fetchall()
    finally:
        connection.close()


def _record(row: tuple[int, Literal["gift", "room"], str, int, str, int]) -> Record:
    seq, kind, key, version, body, epoch = row
    return Record(seq=seq, kind=kind, key=key, version=version, body=body, epoch=epoch)
