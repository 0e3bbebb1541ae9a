"""The platform's stop conditions, looked at side by side while a drill runs."""

import shlex
import threading
from collections.abc import Sequence

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.errors import CouldNotStart
from switchdrill.machine.command import run
from switchdrill.platform.stop_condition import StopCondition
from switchdrill.record.entries import Checked
from switchdrill.record.journal import Journal
from switchdrill.text import _


class StopConditions:
    """A thread for each: none waits for another's command."""

    def __init__(self, conditions: Sequence[StopCondition]) -> None:
        self._conditions = conditions
        self._ended = threading.Event()
        self._met: tuple[StopCondition, str] | None = None

    def start(self, journal: Journal) -> None:
        """Look at each once, then begin to watch. CouldNotStart when one is met already, or can't be read."""
        for each in self._conditions:
            met = look(each)
            journal.write(Checked(t_ns=now_ns(), name=f"stop condition {each.name}", ok=not met, said=met or "not met"))
            if met:
                raise CouldNotStart(
                    _("stop condition {name} is met before the drill begins").format(name=each.name),
                    where=shlex.join(each.look),
                    because=met,
                    now=_("mend what it tells, or the command itself, then drill again; nothing was broken"),
                )
        for each in self._conditions:
            threading.Thread(target=self._watch, args=(each,), name=f"stop condition {each.name}", daemon=True).start()

    def met(self) -> tuple[StopCondition, str] | None:
        """The first that was met, and what it said."""
        return self._met

    def end(self) -> None:
        """No look begins after this."""
        self._ended.set()

    def _watch(self, condition: StopCondition) -> None:
        while not self._ended.wait(condition.every / NS_PER_S):
            met = look(condition)
            if met and not self._ended.is_set():
                self._met = self._met or (condition, met)
                return


def look(condition: StopCondition) -> str:
    """Why to stop; empty: go on."""
    limit_s = condition.within / NS_PER_S
    try:
        ran = run(condition.look, limit_s=limit_s)
    except OSError as problem:
        return _("it can't be read: {reason}").format(reason=problem)
    if ran.is_fine:
        return ""
    if ran.code is None:
        return _("it can't be read: not done within {limit:g} s").format(limit=limit_s)
    return ran.last_words or _("ended with {code}").format(code=ran.code)
