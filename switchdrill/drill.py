"""What a drill's author holds: seven sentences, no sleeps, no try/finally, no numbers.

The body of a drill is walked twice. First on paper: every call only notes what it would do, so that the plan (faults
and their parameters, undos, order, limits) is hashed before anything is touched. Then for real. So a body holds only
calls of `drill`; code of its own that touches the platform would run twice.
"""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from switchdrill.arrangement import Arranged, Timed, in_time
from switchdrill.duration import parse_ns
from switchdrill.errors import BadInput
from switchdrill.text import _


class Stage(Protocol):
    """Where a drill is played: on paper, or for real. Durations are nanoseconds, None means: as the runbook says."""

    def load(self, profile: str) -> AbstractContextManager[None]: ...
    def steady(self, for_ns: int | None) -> None: ...
    def broken_by(self, faults: list[Timed]) -> AbstractContextManager[None]: ...
    def until_switched(self, to: str, within_ns: int | None) -> None: ...
    def hold(self, for_ns: int | None) -> None: ...
    def ride_out(self, for_ns: int | None) -> None: ...
    def failback(self, to: str, within_ns: int | None) -> None: ...


class Drill:
    """The fixture `drill`. Durations are the runbook's; a keyword overrides one, as a string with its unit."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        self._waiting: list[str] = []

    def load(self, profile: str) -> AbstractContextManager[None]:
        """Put the platform under the audience that the runbook calls `profile`; at the end, a control phase."""
        return self._block("load", self._on.load(profile))

    def steady(self, duration: str | None = None) -> None:
        """Wait until every probe has been good for the runbook's time in a row; else INVALID, and nothing is broken."""
        self._on.steady(_ns(duration))

    def broken_by(self, *faults: Arranged) -> AbstractContextManager[None]:
        """Break it: undos on disk first, proof of effect after. Heals at the end, however the block ends.

        Several faults are made together; `Sequence` says when each of them begins.
        """
        return self._block("broken_by", self._on.broken_by(in_time(faults)))

    def until_switched(self, *, to: str, within: str | None = None) -> None:
        """Wait until every operator's viewers are served by `to` with enough new good segments.

        When the runbook's limit passes first: recorded as not recovered, healed, and the rest of the drill is skipped.
        """
        self._on.until_switched(to, _ns(within))

    def hold(self, duration: str | None = None) -> None:
        """Stay on the standby at peak for the runbook's time."""
        self._on.hold(_ns(duration))

    def ride_out(self, duration: str | None = None) -> None:
        """Stay broken for the runbook's time of holding: what viewers may notice of it stands there as `ride_out`.

        For faults that should not switch, or of which it depends on their strength.
        """
        self._on.ride_out(_ns(duration))

    def failback(self, *, to: str, within: str | None = None) -> None:
        """Command the way back by the platform's own `failback`, and wait until `to` serves everybody again."""
        self._on.failback(to, _ns(within))

    def play_on(self, stage: Stage) -> None:
        """Used by the engine: from now on, calls go there."""
        self._stage, self._waiting = stage, []

    def refuse_blocks_without_with(self) -> None:
        """Used by the engine. `drill.broken_by(...)` as a plain call does nothing; who wrote that meant something."""
        if self._waiting:
            name = self._waiting[0]
            raise BadInput(
                _("drill.{name}(...) was called without `with`, so it did nothing").format(name=name),
                now=_("write it as: {example}").format(example=f"with drill.{name}(...):"),
            )

    def _block(self, name: str, block: AbstractContextManager[None]) -> AbstractContextManager[None]:
        self._waiting.append(name)
        return self._entered(name, block)

    @contextmanager
    def _entered(self, name: str, block: AbstractContextManager[None]) -> Iterator[None]:
        self._waiting.remove(name)
        with block:
            yield

    @property
    def _on(self) -> Stage:
        if self._stage is None:
            raise RuntimeError("a drill is played by pytest, through the fixture `drill` of a test marked `drill`")
        return self._stage


def _ns(duration: str | None) -> int | None:
    """BadInput, with the author's own line, for what is no duration, or none at all."""
    if duration is None:
        return None
    try:
        ns = parse_ns(duration)
        if not ns:
            raise ValueError(_("a duration above zero is expected, not {text!r}").format(text=duration))
    except ValueError as problem:
        caller = sys._getframe(2)  # noqa: SLF001 - whoever called the drill's method
        raise BadInput(str(problem), where=f"{caller.f_code.co_filename}:{caller.f_lineno}") from None
    return ns
