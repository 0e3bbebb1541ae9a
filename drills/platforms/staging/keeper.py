"""Keeps one site's PostgreSQL as the agent's word wants it. A database that was a primary starts FENCED: not at all.

HTTP at port 8100, for the site's own API: GET /state, /stopped_at; POST /promote, /follow, /fence {"epoch": 7, ...}
are answered with the state at once, and carried out by one thread, as often as it takes. An epoch older than the newest
known is 409.
`promote` with `may_create` makes a new ledger where there is none; `hold_with` names the site whose confirmation a
commit waits for. `follow` stops, waits for the other site to lead, rewinds (or copies anew), and starts as its standby.
"""

import json
import logging
import os
import signal
import sys
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cluster import Cluster, StepFailed
from decree import Unreadable, number_in, read_object, text_in
from given import setting
from instants import now_s
from loops import start_log
from postgres import SaidNo, Session, Unanswered

PORT = 8100
HOME = Path("/var/lib/postgresql/site")
CONFIG = Path(__file__).parent / "config"
LOOK_S = 1.0
AGAIN_S = 0.5
STUCK_S = 8.0
"""A standby that gets nothing for this long from a site that leads and answers has parted ways with it."""
MOST_BODY = 10_000
STANDING = """
SELECT pg_is_in_recovery(),
       pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                       '0/0')::bigint,
       EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming')
       OR EXISTS (SELECT 1 FROM pg_stat_replication WHERE state = 'streaming')
"""
log = logging.getLogger("keeper")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the database shall be."""

    plays: str
    """fenced, primary, standby."""
    epoch: int
    may_create: bool = False
    hold_with: str = ""


@dataclass(slots=True)
class Keeper:
    """The wish, and the thread that makes it true."""

    cluster: Cluster
    wish: Wish
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _changed: threading.Event = field(default_factory=threading.Event)
    _plays: str = "fenced"
    _problem: str = ""
    _session: Session | None = None
    _session_lock: threading.Lock = field(default_factory=threading.Lock)
    _silent_since_s: float = 0.0

    def want(self, wish: Wish) -> bool:
        """Take a wish; False when a newer one is known."""
        with self._lock:
            if wish.epoch < self.wish.epoch:
                return False
            if wish != self.wish:
                if wish.epoch > self.wish.epoch or wish.plays != self.wish.plays:
                    log.info("epoch %d: %s", wish.epoch, wish.plays)
                remember(wish)
                self.wish = wish
                self._changed.set()
            return True

    def state(self) -> dict[str, object]:
        """What it is now; asks the server, at most 0.8 s."""
        wish, plays = self.wish, self._plays
        said: dict[str, object] = {"wish": wish.plays, "epoch": wish.epoch, "problem": self._problem, "plays": plays}
        if plays == "fenced":
            return said
        try:
            is_standby, lsn, is_streaming = self._standing()
        except (Unanswered, SaidNo) as problem:
            return {**said, "plays": "silent", "problem": str(problem)}
        return {
            **said,
            "plays": "standby" if is_standby else "primary",
            "lsn": lsn or 0,
            "streaming": is_streaming,
        }

    def stopped_at(self) -> int | None:
        """Where a fenced server's WAL ends; None while it runs, or has no data."""
        if self._plays != "fenced" or not self.cluster.has_data():
            return None
        try:
            return self.cluster.stopped_at()
        except (StepFailed, KeyError, ValueError) as problem:
            log.warning("where it stopped can't be read: %s", problem)
            return None

    def run(self, stop: threading.Event) -> None:
        """Make the wish true, until `stop`; then end the server in good order."""
        while not stop.is_set():
            self._changed.clear()
            try:
                self._step()
                problem = ""
            except (StepFailed, OSError) as trouble:
                problem = str(trouble)
            if problem and problem != self._problem:
                log.warning("%s: %s", self.wish.plays, problem)
            self._problem = problem
            self._changed.wait(AGAIN_S if problem else LOOK_S)
        self.cluster.stop()

    def _step(self) -> None:
        wish = self.wish
        if not self.cluster.runs():
            self._plays = "fenced"
        if wish.plays == "primary":
            self.cluster.hold_with(wish.hold_with)
            self._lead(may_create=wish.may_create)
        elif wish.plays == "standby":
            self.cluster.hold_with("")
            self._follow()
        elif self._plays != "fenced":
            self._fence()

    def _lead(self, *, may_create: bool) -> None:
        if self._plays == "primary":
            return
        if not self.cluster.has_data():
            if not may_create:
                raise StepFailed("there is no ledger here, and an empty one is no successor of a full one")
            self.cluster.create()
        elif not self.cluster.runs():
            self.cluster.start()
        if self.cluster.is_standby_data():
            self.cluster.promote()
        self._plays = "primary"
        log.info("leads")

    def _follow(self) -> None:
        if self._plays == "standby":
            if not self._has_parted():
                return
            log.warning("gets nothing from a site that leads: joining anew")
        elif self.cluster.has_data() and self.cluster.is_standby_data():
            if not self.cluster.runs():
                self.cluster.start()
            self._plays = "standby"
            log.info("follows")
            return
        self._fence()
        self.cluster.join_peer()
        self.cluster.start()
        self._plays = "standby"
        self._silent_since_s = 0.0
        log.info("follows")

    def _fence(self) -> None:
        self.cluster.stop()
        self._plays = "fenced"

    def _has_parted(self) -> bool:
        try:
            is_standby, _lsn, is_streaming = self._standing()
        except (Unanswered, SaidNo):
            is_standby, is_streaming = True, True  # slow is not parted
        if is_streaming or not is_standby:
            self._silent_since_s = 0.0
            return not is_standby
        self._silent_since_s = self._silent_since_s or now_s()
        return now_s() - self._silent_since_s > STUCK_S and self.cluster.peer_leads()

    def _standing(self) -> tuple[bool, int, bool]:
        with self._session_lock:
            session, self._session = self._session, None
            session = session or self.cluster.local()
            try:
                [(is_standby, lsn, is_streaming)] = session.ask(STANDING)
            except SaidNo:
                session.close()
                raise
            self._session = session
        return bool(is_standby), int(lsn or 0), bool(is_streaming)


def remember(wish: Wish) -> None:
    """On disk before anything is done: after a start nobody may go by an older word."""
    fresh = HOME / "wish.new"
    with fresh.open("w", encoding="utf-8") as out:
        out.write(json.dumps({"plays": wish.plays, "epoch": wish.epoch}))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(HOME / "wish.json")


def remembered(cluster: Cluster) -> Wish:
    """After a start: a standby goes on as one, which can do no harm; what was a primary waits for the agent's word."""
    file = HOME / "wish.json"
    told = read_object(file.read_bytes()) if file.exists() else {}
    wish = Wish(plays="fenced", epoch=number_in(told, "epoch"))
    is_standby = cluster.has_data() and cluster.is_standby_data()
    return replace(wish, plays="standby") if is_standby else wish


class Requests(BaseHTTPRequestHandler):
    """GET /state, POST /promote, /follow, /fence."""

    keeper: Keeper
    timeout = 5
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/state":
            self._answer(200, self.keeper.state())
        elif self.path == "/stopped_at":
            self._answer(200, {"lsn": self.keeper.stopped_at()})
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        plays = {"/promote": "primary", "/follow": "standby", "/fence": "fenced"}.get(self.path)
        if plays is None:
            self._answer(404, {})
            return
        try:
            told = read_object(self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MOST_BODY)))
            wish = Wish(
                plays=plays,
                epoch=number_in(told, "epoch"),
                may_create=told.get("may_create") is True,
                hold_with=text_in(told, "hold_with"),
            )
        except ValueError as problem:  # Unreadable is one
            self._answer(400, {"problem": str(problem)})
            return
        is_taken = self.keeper.want(wish)
        self._answer(200 if is_taken else 409, self.keeper.state())

    def log_message(self, *_arguments: object) -> None:
        """Nothing: it is asked every second."""

    def _answer(self, status: int, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> int:
    start_log()
    host, _colon, port = setting("PEER_POSTGRES").rpartition(":")
    cluster = Cluster(home=HOME, config=CONFIG, site=setting("SITE"), peer=(host, int(port)))
    try:
        keeper = Keeper(cluster, remembered(cluster))
    except Unreadable as problem:
        log.error("%s: %s; started fenced, at epoch 0", HOME / "wish.json", problem)  # noqa: TRY400  # no stack helps
        keeper = Keeper(cluster, Wish(plays="fenced", epoch=0))
    Requests.keeper = keeper
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    server = ThreadingHTTPServer(("0.0.0.0", PORT), Requests)  # noqa: S104  # inside the site's network
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
    keeper.run(stop)
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
