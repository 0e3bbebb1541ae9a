"""A child process that we talk to: lines come from its stdout, its stdin tells it that we live."""

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.errors import CouldNotStart
from switchdrill.machine.process import ProcessName, end, name_of, spawn_piped
from switchdrill.text import _

MAX_LINE = 1 << 16
LAST_WORDS = 1500
STOP = b"stop\n"
SILENT_NS = 10 * NS_PER_S
"""One that tells nothing for so long stands still, whatever it waits for."""


class Companion:
    """Started once, ended once. A thread of ours reads its lines until it dies or closes its stdout."""

    def __init__(self, what: str, log: Path, *, tells_every_ns: int) -> None:
        """`tells_every_ns`: how often it has something to say, once it has begun to."""
        self._what = what
        self._log = log
        self._silent_ns = SILENT_NS + tells_every_ns
        self._heard_ns: int | None = None
        self._looked_ns = now_ns()
        self._child: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._name = ProcessName(pid=0, started=0)

    @property
    def process(self) -> ProcessName:
        """The process, named for ever; pid 0 before the start."""
        return self._name

    def start(
        self,
        argv: Sequence[str],
        *,
        owner: Path,
        heard: Callable[[bytes], None],
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Start it; `heard` gets every line, in the reader's thread. CouldNotStart when the program can't be run."""
        try:
            with self._log.open("ab") as errors:
                child = spawn_piped(argv, errors=errors, owner=owner, cwd=cwd, env=env)
        except OSError as problem:
            raise CouldNotStart(
                _("{what} could not be started").format(what=self._what), because=str(problem)
            ) from problem
        self._child = child
        self._name = name_of(child.pid) or ProcessName(pid=child.pid, started=0)
        self._reader = threading.Thread(target=self._read, args=(child, heard), name=self._what, daemon=True)
        self._reader.start()

    def wait_until_ready(self, is_ready: Callable[[], bool], *, within_s: float) -> None:
        """CouldNotStart, with its last words, when it dies before that, or takes longer."""
        deadline = now_ns() + int(within_s * NS_PER_S)
        while not is_ready():
            if not self.is_alive():
                raise self.failed(_("{what} ended right after its start").format(what=self._what))
            if now_ns() >= deadline:
                raise self.failed(
                    _("{what} was not ready within {seconds:g} s").format(what=self._what, seconds=within_s)
                )
            pause(0.02)

    def is_alive(self) -> bool:
        """Runs, its stdout is open, and it is not silent."""
        child, reader = self._child, self._reader
        is_there = child is not None and reader is not None and child.poll() is None and reader.is_alive()
        return is_there and not self._is_silent()

    def _is_silent(self) -> bool:
        now, looked_ns = now_ns(), self._looked_ns
        self._looked_ns = now
        if self._heard_ns is None:
            return False
        if now - looked_ns > SILENT_NS // 2:  # it was us who stood still, and could not hear
            self._heard_ns = now
        return now - self._heard_ns > self._silent_ns

    def stop(self, *, within_s: float) -> int | None:
        """Say `stop`, wait, end it by force when `within_s` passes. Its exit code; None when it never ran.

        May be repeated. Nothing is left behind but what it wrote.
        """
        child, reader = self._child, self._reader
        if child is None or reader is None:
            return None
        if child.stdin is not None and not child.stdin.closed:
            try:
                child.stdin.write(STOP)
                child.stdin.close()
            except OSError:
                pass  # it is gone already
        deadline = now_ns() + int(within_s * NS_PER_S)
        while child.poll() is None and now_ns() < deadline:
            pause(0.01)
        if child.poll() is None:
            end(self._name, grace_s=1.0)
            child.wait(5)
        reader.join(2)
        return child.returncode

    def last_words(self) -> str:
        """The end of its log."""
        try:
            return self._log.read_bytes()[-LAST_WORDS:].decode("utf-8", "replace").strip()
        except OSError:
            return ""

    def failed(self, what: str) -> CouldNotStart:
        """`what`, with where and why."""
        return CouldNotStart(what, where=str(self._log), because=self.last_words() or None)

    def _read(self, child: "subprocess.Popen[bytes]", heard: Callable[[bytes], None]) -> None:
        if child.stdout is None:
            return
        with child.stdout as lines:
            while True:
                line = lines.readline(MAX_LINE)
                if not line:
                    return
                if line.endswith(b"\n"):
                    self._heard_ns = now_ns()
                    heard(line)
