"""The recovery against its budgets: the phases in a row, and each phase from where the one before it ended."""

from dataclasses import replace

from switchdrill.clock import NS_PER_S
from switchdrill_reports.result import Result
from switchdrill_reports.shown.figures import exact
from switchdrill_reports.shown.opening import gap
from switchdrill_reports.shown.phase_rows import PhaseRow, phase_rows
from switchdrill_reports.shown.svg import (
    ASIDE_GAP,
    BAD,
    BUDGET,
    FAINT,
    INK,
    PAPER,
    QUIET,
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
_LINE = 17.0
_EDGE = 4.0
_PROMISED = Line(x1=0, y1=0, x2=0, y2=0, stroke=INK, width=2.5)
_LIMIT = Line(x1=0, y1=0, x2=0, y2=0, stroke=BAD, width=2, dash="3 2")
_TICKS_S = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)


def phase_bar(result: Result, *, id: str, width: float, language: str) -> Drawing | None:
    """None when the plan promised no phases."""
    rows = phase_rows(result, language)
    if not rows:
        return None
    longest_ns = max(row.far_end_ns() for row in rows) or NS_PER_S
    unit = (width - 2 * _EDGE) / (longest_ns * 1.02)
    bars: list[Mark] = []
    bottom = 0.0
    for row in rows:
        marks, bottom = _drawn(row, bottom, unit, width, language)
        bars += marks
    legend, height = _legend(bottom + 40, width, language)
    return Drawing(
        id=id,
        width=width,
        height=height,
        title=say("The recovery against its budgets", language),
        desc=gap(language).join(_sentence(row, language) for row in rows),
        marks=[*_scale(longest_ns, unit, bottom, language), *bars, *legend],
    )


def _sentence(row: PhaseRow, language: str) -> str:
    return say("{name}: {figures}.", language).format(name=row.name, figures=row.figures(language))


def _scale(longest_ns: int, unit: float, bottom: float, language: str) -> list[Mark]:
    step_ns = next((s * NS_PER_S for s in _TICKS_S if s * NS_PER_S * unit >= 58), longest_ns)
    marks: list[Mark] = []
    for number in range(int(longest_ns // step_ns) + 1):
        x = _EDGE + number * step_ns * unit
        label = exact(number * step_ns, language)
        marks.append(Line(x1=x, y1=0, x2=x, y2=bottom + 4, stroke=FAINT, width=0.75))
        near_edge: Anchor = "start" if number == 0 else "end" if x > unit * longest_ns - 12 else "middle"
        marks.append(Text(x=x, y=bottom + 18, text=label, anchor=near_edge, fill=QUIET))
    return marks


def _drawn(row: PhaseRow, top: float, unit: float, width: float, language: str) -> tuple[list[Mark], float]:
    """The row's words and bar; returns the height where it ends."""
    name = fitted(row.name, width * 0.8)
    words = row.figures(language)
    fits = heading_width(name) + ASIDE_GAP + text_width(words) <= width
    y = top + _LINE
    marks: list[Mark] = [Text(x=0, y=y - 4, text=name, aside=words if fits else "", bold=True, halo=True)]
    if not fits:
        y += _LINE
        marks.append(Text(x=0, y=y - 4, text=fitted(words, width), fill=QUIET, halo=True))
    y += 3
    begin = x = _EDGE + row.begin_ns * unit
    marks.append(Rect(x=begin, y=y, width=row.target_ns * unit, height=_BAR, fill=BUDGET))
    for length_ns, colour in row.pieces:
        marks.append(Rect(x=x, y=y, width=max(1, length_ns * unit), height=_BAR, fill=colour, stroke=INK))
        x += length_ns * unit
    if not row.pieces:
        marks.append(Rect(x=begin, y=y, width=row.target_ns * unit, height=_BAR, fill=PAPER, stroke=QUIET, dash="3 3"))
    if row.measured is not None:
        high = None if row.measured.hi is None else begin + row.measured.hi * unit
        marks += _whisker(begin + row.measured.lo * unit, high, y + _BAR + 5, width)
    for x, line in ((begin + row.target_ns * unit, _PROMISED), (begin + row.limit_ns * unit, _LIMIT)):
        marks.append(Line(x1=x, y1=y - 3, x2=x, y2=y + _BAR, stroke=PAPER, width=5))
        marks.append(replace(line, x1=x, y1=y - 3, x2=x, y2=y + _BAR))
    return marks, y + _BAR + 12


def _whisker(low: float, high: float | None, middle: float, width: float) -> list[Mark]:
    end = width - _EDGE if high is None else high
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
    x, y = _EDGE, top
    for words, line in ((say("promised", language), _PROMISED), (say("limit", language), _LIMIT)):
        marks.append(replace(line, x1=x, y1=y - 10, x2=x, y2=y + 4))
        marks.append(Text(x=x + 8, y=y, text=words, fill=QUIET))
        x += text_width(words) + 32
    words = say("what was measured, as an interval", language)
    if x + 24 + text_width(words) > width:
        x, y = _EDGE, y + 18
    marks += _whisker(x, x + 16, y - 4, width)
    marks.append(Text(x=x + 24, y=y, text=words, fill=QUIET))
    return marks, y + 8
