"""The recovery against its budgets: the phases in a row, and each phase from where the one before it ended."""

from dataclasses import dataclass

from switchdrill.clock import NS_PER_S
from switchdrill_reports.figures import brief_span, exact
from switchdrill_reports.names import phase_name, state_name
from switchdrill_reports.result import Finding, Phase, Result, Span, State
from switchdrill_reports.svg import (
    ASIDE_GAP,
    BAD,
    BUDGET,
    FAINT,
    INK,
    PAPER,
    PHASES,
    QUIET,
    TEXT_SIZE,
    Anchor,
    Drawing,
    Line,
    Mark,
    Rect,
    Text,
    fitted,
    heading_width,
    text_width,
)
from switchdrill_reports.words import say

_BAR = 14.0
_ROW = 48.0
_HEADING = 18.0
_TICKS_S = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
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


def phase_bar(result: Result, *, id: str, width: float, language: str) -> Drawing | None:
    """None when the plan promised no phases."""
    rows = _rows(result, language)
    if not rows:
        return None
    longest_ns = max(max(row.begin_ns + row.limit_ns, _far_end(row)) for row in rows) or NS_PER_S
    unit = (width - 8) / (longest_ns * 1.02)
    marks: list[Mark] = []
    bottom = len(rows) * _ROW
    marks += _scale(longest_ns, unit, bottom, language)
    for number, row in enumerate(rows):
        marks += _drawn(row, number * _ROW, unit, width, language)
    legend, height = _legend(bottom + 40, width, language)
    return Drawing(
        id=id,
        width=width,
        height=height,
        title=say("The recovery against its budgets", language),
        desc=(" " if language == "en" else "").join(_sentence(row, language) for row in rows),
        marks=[*marks, *legend],
    )


def _rows(result: Result, language: str) -> list[_Row]:
    if not result.phases:
        return []
    pieces: list[tuple[int, str]] = []
    phases: list[_Row] = []
    begin_ns = 0
    for number, phase in enumerate(result.phases):
        colour = PHASES[number % len(PHASES)]
        length_ns = phase.reference_ns or 0
        phases.append(_phase_row(phase, begin_ns, colour, language))
        if phase.reference_ns is not None:
            pieces.append((length_ns, colour))
        begin_ns += length_ns
    total = _Row(
        name=say("Recovery", language),
        state=_state_of(result, "recovery"),
        begin_ns=0,
        pieces=pieces,
        measured=result.measured,
        target_ns=result.promised_ns,
        limit_ns=result.limit_ns,
    )
    return [total, *phases, *_failback(result, language)]


def _phase_row(phase: Phase, begin_ns: int, colour: str, language: str) -> _Row:
    merged = phase.merged_into
    return _Row(
        name=phase_name(phase.name, language),
        state=phase.state,
        begin_ns=begin_ns,
        pieces=[] if phase.reference_ns is None else [(phase.reference_ns, colour)],
        measured=phase.span,
        target_ns=phase.target_ns,
        limit_ns=phase.limit_ns,
        note=say("part of {phase}", language).format(phase=phase_name(merged, language)) if merged else "",
    )


def _failback(result: Result, language: str) -> list[_Row]:
    finding = next((each for each in result.findings if each.id == "failback"), None)
    if finding is None or finding.target_ns is None or finding.limit_ns is None:
        return []
    length_ns = None if finding.measured is None else finding.measured.hi
    return [
        _Row(
            name=say("Failback", language),
            state=finding.state,
            begin_ns=0,
            pieces=[] if length_ns is None else [(length_ns, PHASES[0])],
            measured=finding.measured,
            target_ns=finding.target_ns,
            limit_ns=finding.limit_ns,
        )
    ]


def _state_of(result: Result, id: str) -> State:
    found: Finding | None = next((each for each in result.findings if each.id == id), None)
    return "NOT_MEASURED" if found is None else found.state


def _far_end(row: _Row) -> int:
    measured_ns = 0 if row.measured is None else row.measured.hi or row.measured.lo
    return row.begin_ns + max(measured_ns, sum(length for length, _colour in row.pieces))


def _scale(longest_ns: int, unit: float, bottom: float, language: str) -> list[Mark]:
    step_ns = next((s * NS_PER_S for s in _TICKS_S if s * NS_PER_S * unit >= 58), longest_ns)
    marks: list[Mark] = []
    for number in range(int(longest_ns // step_ns) + 1):
        x = 4 + number * step_ns * unit
        label = exact(number * step_ns, language)
        marks.append(Line(x1=x, y1=0, x2=x, y2=bottom + 4, stroke=FAINT, width=0.75))
        near_edge: Anchor = "start" if number == 0 else "end" if x > unit * longest_ns - 12 else "middle"
        marks.append(Text(x=x, y=bottom + 18, text=label, anchor=near_edge, fill=QUIET))
    return marks


def _drawn(row: _Row, top: float, unit: float, width: float, language: str) -> list[Mark]:
    words = _heading(row, language)
    name = fitted(row.name, width * 0.5)
    words = fitted(words, width - heading_width(name) - ASIDE_GAP)
    y = top + _HEADING
    x = 4 + row.begin_ns * unit
    marks: list[Mark] = [
        Text(x=0, y=top + TEXT_SIZE, text=name, aside=words, bold=True, halo=True),
        Rect(x=x, y=y, width=row.target_ns * unit, height=_BAR, fill=BUDGET),
    ]
    for length_ns, colour in row.pieces:
        marks.append(Rect(x=x, y=y, width=max(1, length_ns * unit), height=_BAR, fill=colour, stroke=INK))
        x += length_ns * unit
    begin = 4 + row.begin_ns * unit
    if not row.pieces:
        marks.append(Rect(x=begin, y=y, width=row.target_ns * unit, height=_BAR, fill=PAPER, stroke=QUIET, dash="3 3"))
    if row.measured is not None:
        marks += _whisker(
            begin + row.measured.lo * unit, row.measured.hi and begin + row.measured.hi * unit, y + _BAR + 5, width
        )
    target, limit = begin + row.target_ns * unit, begin + row.limit_ns * unit
    marks.append(Line(x1=target, y1=y - 3, x2=target, y2=y + _BAR, stroke=INK, width=2.5))
    marks.append(Line(x1=limit, y1=y - 3, x2=limit, y2=y + _BAR, stroke=BAD, width=2, dash="3 2"))
    return marks


def _whisker(low: float, high: float | None, middle: float, width: float) -> list[Mark]:
    end = width - 4 if high is None else high
    marks: list[Mark] = [
        Line(x1=low, y1=middle, x2=end, y2=middle, width=1.5, dash="4 3" if high is None else None),
        Line(x1=low, y1=middle - 4, x2=low, y2=middle + 4, width=1.5),
    ]
    if high is not None:
        marks.append(Line(x1=end, y1=middle - 4, x2=end, y2=middle + 4, width=1.5))
    return marks


def _legend(top: float, width: float, language: str) -> tuple[list[Mark], float]:
    """Symbols and their words, on as many lines as it takes; returns the height where it ends."""
    marks: list[Mark] = []
    x, y = 4.0, top
    entries = [
        (say("promised", language), Line(x1=0, y1=0, x2=0, y2=0, stroke=INK, width=2.5)),
        (say("limit", language), Line(x1=0, y1=0, x2=0, y2=0, stroke=BAD, width=2, dash="3 2")),
    ]
    for words, line in entries:
        marks.append(Line(x1=x, y1=y - 10, x2=x, y2=y + 4, stroke=line.stroke, width=line.width, dash=line.dash))
        marks.append(Text(x=x + 8, y=y, text=words, fill=QUIET))
        x += text_width(words) + 32
    words = say("what was measured, as an interval", language)
    if x + 24 + text_width(words) > width:
        x, y = 4.0, y + 18
    marks += _whisker(x, x + 16, y - 4, width)
    marks.append(Text(x=x + 24, y=y, text=words, fill=QUIET))
    return marks, y + 8


def _heading(row: _Row, language: str) -> str:
    words = [row.note or brief_span(row.measured, language)]
    words.append(say("promised {target}", language).format(target=exact(row.target_ns, language)))
    words.append(say("limit {limit}", language).format(limit=exact(row.limit_ns, language)))
    words.append(state_name(row.state, language))
    return " · ".join(words)


def _sentence(row: _Row, language: str) -> str:
    return say("{name}: {figures}.", language).format(name=row.name, figures=_heading(row, language))
