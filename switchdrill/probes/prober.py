"""The engine's handle on the prober process: start it, watch it, end it."""

import sys

from switchdrill.clock import NS_PER_S
from switchdrill.errors import SwitchdrillError
from switchdrill.machine.companion import Companion
from switchdrill.machine.process import ProcessName
from switchdrill.probes.progress import read_line
from switchdrill.probes.sight import Sight
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import read_plan
from switchdrill.text import _

READY_WITHIN_S = 20.0
GRACE_S = 3.0


class Prober:
    """One run's prober. Its samples are in `samples/`, its stderr in `samples/prober.log`, what it sees in `sight`."""

    def __init__(self) -> None:
        self._companion: Companion | None = None
        self._sight: Sight | None = None
        self._longest_s = 0.0
        self._is_ready = False

    def start(self, folder: RunFolder) -> None:
        """Start it for a run whose plan is written; returns when it asks. CouldNotStart, with its last words."""
        plan = read_plan(folder.plan)
        self._sight = Sight(plan)
        self._longest_s = max((target.timeout_ns for target in plan.targets), default=0) / NS_PER_S
        often_ns = min((target.every_ns + target.timeout_ns for target in plan.targets), default=0)
        self._companion = Companion(_("the prober"), folder.samples / "prober.log", tells_every_ns=often_ns)
        argv = [sys.executable, "-m", "switchdrill.probes", str(folder.path)]
        self._companion.start(argv, owner=folder.path, heard=self._heard)
        try:
            self._companion.wait_until_ready(lambda: self._is_ready, within_s=READY_WITHIN_S)
        except SwitchdrillError:
            self.stop()
            raise

    @property
    def sight(self) -> Sight:
        """What it sees, live."""
        if self._sight is None:
            raise RuntimeError("the prober was not started")
        return self._sight

    @property
    def process(self) -> ProcessName | None:
        return None if self._companion is None else self._companion.process

    def is_alive(self) -> bool:
        return self._companion is not None and self._companion.is_alive()

    def last_words(self) -> str:
        """The end of its log, for the message that says that it died."""
        return "" if self._companion is None else self._companion.last_words()

    def stop(self) -> int | None:
        """No new questions; what was asked gets its time-out. Its exit code; None: it never ran. May be repeated."""
        return None if self._companion is None else self._companion.stop(within_s=self._longest_s + GRACE_S)

    def _heard(self, raw: bytes) -> None:
        line = read_line(raw)
        if line is None:
            return
        self._is_ready = self._is_ready or line.ready
        if line.sample is not None:
            self.sight.saw(line.target, line.sample)
        if line.dropped is not None:
            self.sight.missed(line.dropped)
