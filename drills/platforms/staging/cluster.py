"""One site's PostgreSQL data and server: made, started, stopped, promoted, rewound. Every step has an end."""

import logging
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from instants import now_s
from postgres import SaidNo, Session, Unanswered

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SOCKET_DIR = "/tmp"  # noqa: S108  # inside its container, where nobody else is
PORT = 5432
SYNCHRONOUS = Path("/tmp/synchronous.conf")  # noqa: S108  # as above
START_S = 15.0
STOP_S = 3.0
TOOL_S = 60.0
QUICK_S = 0.8
SCHEMA = """
CREATE TABLE gifts (id text PRIMARY KEY, amount bigint NOT NULL, sender text NOT NULL, site text NOT NULL,
                    epoch bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE notes (key text PRIMARY KEY, value text NOT NULL);
"""
_REPLICATION = "user=postgres connect_timeout=2 tcp_user_timeout=3000 keepalives_idle=2 keepalives_interval=1"
log = logging.getLogger("postgres")


class StepFailed(Exception):
    """One step did not work; the text is one line for people."""


class Cluster:
    """The data folder, and the server on it while it runs. Not thread-safe: its keeper has one thread for it."""

    def __init__(self, *, home: Path, config: Path, site: str, peer: tuple[str, int]) -> None:
        self.data = home / "data"
        self._spare = home / "fresh"
        self._config = config
        self._peer = peer
        self._conninfo = f"host={peer[0]} port={peer[1]} application_name={site} {_REPLICATION}"
        self._server: subprocess.Popen[bytes] | None = None

    def has_data(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def is_standby_data(self) -> bool:
        return (self.data / "standby.signal").exists()

    def runs(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def create(self) -> None:
        """A new, empty ledger; the server runs afterwards."""
        log.info("making a new ledger")
        shutil.rmtree(self._spare, ignore_errors=True)
        _run([str(PROGRAMS / "initdb"), "-D", str(self._spare), "-U", "postgres", "-A", "trust", "--no-sync",
              "--no-locale", "-E", "UTF8"])  # fmt: skip
        self._spare.rename(self.data)
        self.start()
        for database, sql in (("postgres", "CREATE DATABASE live"), ("live", SCHEMA)):
            self._ask_local(sql, database=database, limit_s=START_S)

    def start(self) -> None:
        """As what the data says: a standby where standby.signal is, else a primary. Returns when it answers."""
        argv = [
            str(PROGRAMS / "postgres"),
            "-D",
            str(self.data),
            "-c",
            f"config_file={self._config / 'postgresql.conf'}",
        ]
        argv += ["-c", f"hba_file={self._config / 'pg_hba.conf'}", "-c", f"primary_conninfo={self._conninfo}"]
        self._forget_the_killed()
        SYNCHRONOUS.touch()
        self._server = subprocess.Popen(argv)
        deadline_s = now_s() + START_S
        while now_s() < deadline_s:
            if not self.runs():
                raise StepFailed(f"the server ended with {self._server.returncode}")
            ready = subprocess.run(
                [str(PROGRAMS / "pg_isready"), "-q", "-h", SOCKET_DIR, "-t", "1"], timeout=TOOL_S, check=False
            )
            if ready.returncode == 0:
                return
            try:
                self._server.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        raise StepFailed(f"the server does not answer after {START_S:g} s")

    def stop(self) -> None:
        """At once, but in good order: what is committed reaches a standby that is connected. Fine when it is down."""
        if self._server is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self._server.poll() is None:
                self._server.send_signal(how)
            try:
                self._server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                log.warning("it does not end on %s", how.name)
            else:
                self._server = None
                return
        raise StepFailed("the server does not end")

    def promote(self) -> None:
        """Out of recovery, everything replayed that was received."""
        self._ask_local("SELECT pg_promote(true, 8)", limit_s=10)
        # Until its next checkpoint the control file tells the old timeline, and a rewind from here would be refused.
        self._ask_local("CHECKPOINT", limit_s=30)

    def hold_with(self, standby: str) -> None:
        """Whose confirmation a commit waits for; empty: nobody's."""
        text = f"synchronous_standby_names = '{standby}'\n"
        if SYNCHRONOUS.exists() and SYNCHRONOUS.read_text(encoding="ascii") == text:
            return
        SYNCHRONOUS.write_text(text, encoding="ascii")
        if self._server is not None and self.runs():
            self._server.send_signal(signal.SIGHUP)

    def join_peer(self) -> None:
        """Make the data, of a stopped server, a standby of the peer: rewound to where they part, else copied anew."""
        self._see_that_peer_leads()
        source = f"host={self._peer[0]} port={self._peer[1]} user=postgres dbname=postgres connect_timeout=2"
        if self.has_data():
            self._forget_the_killed()
            try:
                # With the data's own configuration the recovery before it would end without wal_log_hints.
                config = f"--config-file={self._config / 'postgresql.conf'}"
                argv = [str(PROGRAMS / "pg_rewind"), "-D", str(self.data), config, f"--source-server={source}"]
                _run([*argv, "--no-sync"])
            except StepFailed as problem:
                log.warning("can't be rewound, copying anew: %s", problem)
            else:
                (self.data / "standby.signal").touch()
                return
        shutil.rmtree(self._spare, ignore_errors=True)
        _run([str(PROGRAMS / "pg_basebackup"), "-D", str(self._spare), "-d", source, "-X", "stream", "-c", "fast",
              "--no-sync"])  # fmt: skip
        (self._spare / "standby.signal").touch()
        shutil.rmtree(self.data, ignore_errors=True)
        self._spare.rename(self.data)

    def stopped_at(self) -> int:
        """The last byte of WAL that a stopped server has written in good order: its shutdown checkpoint."""
        told = _run([str(PROGRAMS / "pg_controldata"), "-D", str(self.data)])
        fields = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
        high, _slash, low = fields["Latest checkpoint location"].strip().partition("/")
        return (int(high, 16) << 32) + int(low, 16)

    def local(self, *, limit_s: float = QUICK_S) -> Session:
        """A session by the socket. Unanswered when the server does not."""
        return Session(SOCKET_DIR, PORT, database="postgres", limit_s=limit_s)

    def peer_leads(self) -> bool:
        """Whether the peer answers and is a primary."""
        try:
            self._see_that_peer_leads()
        except StepFailed:
            return False
        return True

    def _forget_the_killed(self) -> None:
        """The lock of a server that was killed with its container names a process that is somebody else by now."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _see_that_peer_leads(self) -> None:
        try:
            session = Session(*self._peer, database="postgres", limit_s=2)
        except Unanswered as problem:
            raise StepFailed(f"the other site's database can't be reached: {problem}") from problem
        try:
            [(is_standby,)] = session.ask("SELECT pg_is_in_recovery()")
        except (Unanswered, SaidNo) as problem:
            raise StepFailed(f"the other site's database does not answer: {problem}") from problem
        finally:
            session.close()
        if is_standby:
            raise StepFailed("the other site's database is a standby, too")

    def _ask_local(self, sql: str, *, limit_s: float, database: str = "postgres") -> None:
        try:
            session = Session(SOCKET_DIR, PORT, database=database, limit_s=limit_s)
            try:
                session.ask(sql)
            finally:
                session.close()
        except (Unanswered, SaidNo) as problem:
            raise StepFailed(f"{sql.split('(')[0].strip()}: {problem}") from problem


def _run(argv: Sequence[str]) -> str:
    try:
        ran = subprocess.run(argv, capture_output=True, text=True, timeout=TOOL_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise StepFailed(f"{Path(argv[0]).name}: {problem}") from problem
    if ran.returncode:
        raise StepFailed(f"{Path(argv[0]).name}: {' '.join((ran.stdout + ran.stderr).split())[-300:]}")
    return ran.stdout
