"""The engine's handle on the load: start it, see how many viewers have a picture, end it."""

import os
import site
import sys
import threading
from pathlib import Path

from pydantic import ValidationError

from switchdrill.clock import NS_PER_S
from switchdrill.errors import BadInput, SwitchdrillError
from switchdrill.machine.companion import Companion
from switchdrill.machine.process import ProcessName
from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import Plan, read_plan
from switchdrill.record.viewers import LINE, Second
from switchdrill.text import _

READY_WITHIN_S = 30.0
STOP_WITHIN_S = 3.0
LEAST_RUN_TIME_S = 900.0
PLAYER_TIMEOUT_S = 2.0
TELLS_EVERY_NS = NS_PER_S
LOCUSTFILE = Path(__file__).with_name("locustfile.py")


class Audience:
    """One run's viewers, in a Locust process of their own. What they saw is in `load/`."""

    def __init__(self) -> None:
        self._companion: Companion | None = None
        self._lock = threading.Lock()
        self._latest: Second | None = None
        self._outages = 0
        self._viewers = 0
        self._min_alive = 1.0

    def start(self, folder: RunFolder, profile: str, *, player_timeout_s: float = PLAYER_TIMEOUT_S) -> None:
        """Start the viewers of `profile`; returns at their first line, when the ramp has begun.

        `player_timeout_s` is how long a viewer waits for a connection, an answer or a resolver before he tries again.
        Raises BadInput for a profile that the runbook lacks, CouldNotStart, with its last words, when it dies.
        """
        plan = read_plan(folder.plan)
        asked = plan.runbook.load.get(profile)
        if asked is None:
            raise BadInput(
                _("there is no load profile {name!r}").format(name=profile),
                where=plan.runbook_file,
                now=_("there are: {names}").format(names=", ".join(plan.runbook.load)),
            )
        self._viewers, self._min_alive = asked.viewers, asked.min_alive
        self._companion = Companion(_("the load"), folder.load / "locust.log", tells_every_ns=TELLS_EVERY_NS)
        self._companion.start(
            _argv(folder, plan, profile, player_timeout_s),
            owner=folder.path,
            heard=self._heard,
            cwd=folder.load,
            env=_environment(folder),
        )
        try:
            self._companion.wait_until_ready(lambda: self.latest() is not None, within_s=READY_WITHIN_S)
        except SwitchdrillError:
            self.stop()
            raise

    @property
    def process(self) -> ProcessName | None:
        return None if self._companion is None else self._companion.process

    @property
    def outages(self) -> int:
        """Viewers' outages that have ended so far."""
        with self._lock:
            return self._outages

    def latest(self) -> Second | None:
        """The audience, a second ago at most; None before its first line."""
        with self._lock:
            return self._latest

    def everyone_joined(self) -> bool:
        """The ramp is over, and as many viewers are alive as the runbook asks for."""
        latest = self.latest()
        return (
            latest is not None and latest.planned >= self._viewers and latest.alive >= self._min_alive * self._viewers
        )

    def is_alive(self) -> bool:
        return self._companion is not None and self._companion.is_alive()

    def last_words(self) -> str:
        """The end of its log, for the message that says that it died."""
        return "" if self._companion is None else self._companion.last_words()

    def stop(self) -> int | None:
        """Observation ends; outages that go on are written as such. Its exit code; None: it never ran. Repeatable."""
        return None if self._companion is None else self._companion.stop(within_s=STOP_WITHIN_S)

    def _heard(self, raw: bytes) -> None:
        try:
            line = LINE.validate_json(raw)
        except ValidationError:
            return  # a torn line: it died in the middle of it
        with self._lock:
            if isinstance(line, Second):
                self._latest = line
            else:
                self._outages += 1


def _environment(folder: RunFolder) -> dict[str, str]:
    """Ours, without what a person has set up for Locust runs of his own: variables, and `~/.locust.conf`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    base = site.getuserbase()  # packages that were installed into his home stay where they are
    return {**kept, "HOME": str(folder.load), **({"PYTHONUSERBASE": base} if base else {})}


def _argv(folder: RunFolder, plan: Plan, profile: str, player_timeout_s: float) -> list[str]:
    viewers = plan.runbook.load[profile].viewers
    # The runner ends the load; this bound only holds it if everything else should fail.
    run_time_s = int(max(LEAST_RUN_TIME_S, 2 * sum(step.limit_s for step in plan.steps)))
    # All are spawned at once and join by their own schedule: Locust's ramp is a second coarse.
    return [
        sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--users", str(viewers),
        "--spawn-rate", str(viewers), "--run-time", f"{run_time_s}s", "--exit-code-on-error", "0",
        "--csv", str(folder.load / "locust"), "--only-summary", "--logfile", str(folder.load / "locust.log"),
        "--drill-folder", str(folder.path), "--drill-profile", profile,
        "--drill-player-timeout", str(player_timeout_s),
    ]  # fmt: skip
