"""The runner's side of the healer: start it first, say goodbye last."""

import subprocess
import sys
from contextlib import suppress

from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotStart, DeadlinePassed
from switchdrill.healing.healer import FAREWELL
from switchdrill.machine.process import ProcessName, is_frozen, name_of
from switchdrill.platform.started import tail
from switchdrill.record.folder import RunFolder
from switchdrill.text import _

START_S = 15.0


class Keeper:
    """A healer process that watches us through a pipe and holds the platform's lock with us."""

    def __init__(self, folder: RunFolder, *, lock_descriptor: int) -> None:
        """Start it and wait until it watches. CouldNotStart: then nothing may be broken."""
        self._log = folder.path / "healer.log"
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "switchdrill.healing", str(folder.path)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(lock_descriptor,),
            )
        try:
            wait_until(
                lambda: "watching" in (tail(self._log) or "") or self._child.poll() is not None,
                within_s=START_S,
                every_s=0.02,
                what=_("the healer's start"),
            )
        except DeadlinePassed:
            self._child.kill()
        if self._child.poll() is not None:
            raise CouldNotStart(
                _("the healer did not start, so nothing may be broken"),
                where=str(self._log),
                because=tail(self._log),
            )
        self.process = name_of(self._child.pid) or ProcessName(pid=self._child.pid, started=0)

    def is_alive(self) -> bool:
        return self._child.poll() is None and not is_frozen(self.process)

    def say_goodbye(self) -> None:
        """All is closed: it goes, whether it wants to or not."""
        pipe = self._child.stdin
        if pipe is not None:
            with suppress(OSError):
                pipe.write(FAREWELL)
                pipe.close()
        try:
            self._child.wait(timeout=0 if is_frozen(self.process) else 5)
        except subprocess.TimeoutExpired:  # it hangs or is frozen; nothing is open any more, so it is of no use
            self._child.kill()
            self._child.wait(timeout=5)
