"""A link that comes and goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.clock import NS_PER_MS
from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE, Counted, PutBack, Schedule, Turn
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.links import knock, laying
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.links.proxy_fault import WITHIN_S, ProxyFault, at_once
from switchdrill_faults.links.quantity import milliseconds, share

_SHORTEST_MS = 200
"""Of each of the two states: closing and opening take a few milliseconds each."""
_KNOCK_S = 1.0
_LONGEST_PROOF_S = 55.0
_WHOLE = "whole"
_SEEN: dict[str, set[str]] = {}
"""What greetings have met since this process broke a link, by its undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFlapping(ProxyFault):
    """In every `period` these links are cut for the share `duty` of it, first of all, and whole for the rest."""

    kind: ClassVar[str] = "link-flapping"
    legend: ClassVar[Legend] = Legend(
        name=marked("Flapping link"),
        looks_like=marked("refused and whole by turns; each time it is cut its connections are closed"),
        pattern="dots",
    )

    period: str = field(metadata={EXAMPLE: "10s"})
    """`10s`; up to an hour."""
    duty: str = field(default="50%", metadata={EXAMPLE: "50%"})
    """The share of each period in which it is cut: `30%`."""

    def __post_init__(self) -> None:
        ProxyFault.__post_init__(self)
        if min(self._cut_ms(), self._period_ms() - self._cut_ms()) < _SHORTEST_MS:
            raise BadInput(
                _("cut, and whole, a link has to be for {shortest} ms each").format(shortest=_SHORTEST_MS),
                where=self.where(),
            )

    def schedule(self) -> Schedule:
        return Schedule(
            turns=[Turn(after_ns=0, state="cut"), Turn(after_ns=self._cut_ms() * NS_PER_MS, state="whole")],
            period_ns=self._period_ms() * NS_PER_MS,
        )

    def turn(self, undos: Sequence[Undo], state: str) -> None:
        """One that was disabled before stays so."""
        at_once(
            lambda undo: laying.turn(undo, is_open=state == "whole" and bool(undo.facts.get("is_enabled", True))), undos
        )

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """Seen both cut and whole again, where a period is short enough to wait for that."""
        return PlannedEffect(site="", outcomes=[], within_s=min(_LONGEST_PROOF_S, WITHIN_S + self._period_ms() / 1000))

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:  # noqa: ARG002  # the protocol's
        """Nothing: its next turn sets it right."""
        return []

    def remember(self, undo: Undo) -> None:
        _SEEN[undo.model_dump_json()] = set()
        ProxyFault.remember(self, undo)

    def is_told(self, undo: Undo) -> bool:  # noqa: ARG002  # the base's
        """What its server tells changes all the time, and shows nothing."""
        return True

    def proof(self, undo: Undo) -> Counted:
        """One more greeting; both states have to be met, unless the period is too long to wait for that."""
        now = ProxyFault.proof(self, undo)
        seen = _SEEN.setdefault(undo.model_dump_json(), set())
        seen.add("cut" if now.ok else now.said)
        has_time = WITHIN_S + self._period_ms() / 1000 <= _LONGEST_PROOF_S
        is_both = "cut" in seen and (_WHOLE in seen or not has_time)
        return Counted(ok=is_both, said=f"seen since it began: {', '.join(sorted(seen))}")

    def shown(self, endpoint: str, before: Baseline) -> Counted:
        now = knock.again(endpoint, before, within_s=_KNOCK_S)
        return Counted(ok=now.how == "refused", said=_WHOLE if now.how == "answered" else now.how)

    def where(self) -> str:
        return f"LinkFlapping(link={self.link!r}, period={self.period!r}, duty={self.duty!r})"

    def _period_ms(self) -> int:
        return milliseconds(self.period, where=self.where())

    def _cut_ms(self) -> int:
        return round(self._period_ms() * share(self.duty, where=self.where()))
