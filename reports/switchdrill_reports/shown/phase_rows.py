"""The rows of the phase bar: the whole recovery, its phases from where the one before ended, and the failback."""

from dataclasses import dataclass

from switchdrill_reports.result import Finding, Phase, Result, Span, State
from switchdrill_reports.shown.figures import brief_span, exact
from switchdrill_reports.shown.names import phase_name, state_name
from switchdrill_reports.shown.svg import PHASES
from switchdrill_reports.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRow:
    """One promise of a duration, drawn from `begin_ns` on."""

    name: str
    state: State
    begin_ns: int
    pieces: list[tuple[int, str]]
    """(length, colour), one after the other."""
    measured: Span | None
    target_ns: int
    limit_ns: int
    note: str = ""

    def far_end_ns(self) -> int:
        """The last instant, from the recovery's beginning, that must fit on the paper."""
        measured_ns = 0 if self.measured is None else self.measured.hi or self.measured.lo
        drawn_ns = sum(length for length, _colour in self.pieces)
        return self.begin_ns + max(measured_ns, drawn_ns, self.limit_ns)

    def figures(self, language: str) -> str:
        """`missed · 23.1–23.4 s · promised 20 s · limit 30 s`."""
        words = [
            state_name(self.state, language),
            self.note or brief_span(self.measured, language, (self.target_ns,)),
            say("promised {target}", language).format(target=exact(self.target_ns, language)),
            say("limit {limit}", language).format(limit=exact(self.limit_ns, language)),
        ]
        return " · ".join(dict.fromkeys(words))


def phase_rows(result: Result, language: str) -> list[PhaseRow]:
    """Empty when the plan promised no phases."""
    if not result.phases:
        return []
    pieces: list[tuple[int, str]] = []
    phases: list[PhaseRow] = []
    begin_ns = 0
    for number, phase in enumerate(result.phases):
        colour = PHASES[number % len(PHASES)]
        length_ns = phase.reference_ns or 0
        phases.append(_phase_row(phase, begin_ns, colour, language))
        if phase.reference_ns is not None:
            pieces.append((length_ns, colour))
        begin_ns += length_ns
    total = PhaseRow(
        name=say("Recovery", language),
        state=_state_of(result.finding("recovery")),
        begin_ns=0,
        pieces=pieces,
        measured=result.measured,
        target_ns=result.promised_ns,
        limit_ns=result.limit_ns,
    )
    return [total, *phases, *_failback(result, language)]


def _phase_row(phase: Phase, begin_ns: int, colour: str, language: str) -> PhaseRow:
    merged = phase.merged_into
    return PhaseRow(
        name=phase_name(phase.name, language),
        state=phase.state,
        begin_ns=begin_ns,
        pieces=[] if phase.reference_ns is None else [(phase.reference_ns, colour)],
        measured=phase.span,
        target_ns=phase.target_ns,
        limit_ns=phase.limit_ns,
        note=say("part of {phase}", language).format(phase=phase_name(merged, language)) if merged else "",
    )


def _failback(result: Result, language: str) -> list[PhaseRow]:
    finding = result.finding("failback")
    if finding is None or finding.target_ns is None or finding.limit_ns is None:
        return []
    length_ns = None if finding.measured is None else finding.measured.hi
    return [
        PhaseRow(
            name=say("Failback", language),
            state=finding.state,
            begin_ns=0,
            pieces=[] if length_ns is None else [(length_ns, PHASES[0])],
            measured=finding.measured,
            target_ns=finding.target_ns,
            limit_ns=finding.limit_ns,
        )
    ]


def _state_of(finding: Finding | None) -> State:
    return "NOT_MEASURED" if finding is None else finding.state
