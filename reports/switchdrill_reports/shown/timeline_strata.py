"""Each operator on the time axis: which site served its viewers, and when they had no good picture."""

from itertools import pairwise

from switchdrill_reports.result import Result, Span, Stratum, Window
from switchdrill_reports.shown.axis import Axis
from switchdrill_reports.shown.canvas import Canvas
from switchdrill_reports.shown.figures import at_least, brief_span, share
from switchdrill_reports.shown.svg import BAD, BAD_MAYBE, INK, PAPER, QUIET, SITES, Rect, Text, text_width
from switchdrill_reports.words import say

_STRIP = 18.0
_OUTAGE = 8.0
_THINNEST = 0.5
"""Narrower stretches can't be seen; a flapping link has thousands. Outages are always drawn."""
NOBODY = ("", "nobody")


def draw_strata(canvas: Canvas, result: Result, language: str) -> None:
    sites = _sites(result)
    for stratum in result.strata:
        canvas.heading(
            say("Operator {name}", language).format(name=stratum.title or stratum.operator),
            _aside(stratum, language, has_switch=not result.is_without_switch()),
        )
        if stratum.served_by or stratum.outage_windows:
            _draw_strip(canvas, stratum, sites, language)
        else:
            canvas.remark(say("not measured", language))


def _aside(stratum: Stratum, language: str, *, has_switch: bool) -> str:
    shown = share(stratum.share, language)
    if not has_switch:
        return say("{share} of the viewers · red: no good picture", language).format(share=shown)
    return say("{share} of the viewers · {recovered} · red: no good picture", language).format(
        share=shown, recovered=_recovered(stratum.recovery, language)
    )


def _recovered(recovery: Span | None, language: str) -> str:
    if recovery is None:
        return say("recovery not measured", language)
    if recovery.hi is None:
        return say("not recovered after {seen}", language).format(seen=at_least(recovery.lo, language))
    return say("good for good after {recovery}", language).format(recovery=brief_span(recovery, language))


def served_by(site: str, language: str) -> str:
    """`site a`, or `nobody`."""
    return say("nobody", language) if site in NOBODY else say("site {name}", language).format(name=site)


def _sites(result: Result) -> list[str]:
    """In the order in which they served anybody."""
    changes = sorted((at, site) for stratum in result.strata for at, site in stratum.served_by)
    return list(dict.fromkeys(site for _at, site in changes if site not in NOBODY))


def _draw_strip(canvas: Canvas, stratum: Stratum, sites: list[str], language: str) -> None:
    axis = canvas.axis
    top = canvas.take(_STRIP + _OUTAGE + 2)
    ends = [*stratum.served_by, (axis.end_ns, "")]
    for (began, site), (ended, _next) in pairwise(ends):
        begin, width = axis.x(began), axis.x(ended) - axis.x(began)
        if width < _THINNEST:
            continue
        nobody = site in NOBODY
        fill = PAPER if nobody else SITES[sites.index(site) % len(SITES)]
        canvas.add(
            Rect(
                x=begin, y=top, width=width, height=_STRIP, fill=fill, stroke=QUIET if nobody else None,
                dash="3 2" if nobody else None,
            )
        )  # fmt: skip
        label = served_by(site, language)
        if text_width(label) + 8 <= width:
            ink = PAPER if not nobody and sites.index(site) % 2 == 0 else INK
            canvas.add(Text(x=begin + 5, y=top + _STRIP - 5, text=label, fill=ink))
    y = top + _STRIP + 1
    for begin, end in _merged([_widest(window, axis) for window in stratum.outage_windows]):
        canvas.add(Rect(x=begin, y=y, width=max(1, end - begin), height=_OUTAGE - 1, fill=BAD_MAYBE))
    for begin, end in _merged([_surest(window, axis) for window in stratum.outage_windows]):
        canvas.add(Rect(x=begin, y=y, width=end - begin, height=_OUTAGE - 1, fill=BAD))


def _widest(window: Window, axis: Axis) -> tuple[float, float]:
    """From the earliest that it can have begun to the latest that it can have ended."""
    ended_ns = axis.end_ns if window.ended.hi is None else window.ended.hi
    return axis.x(window.began.lo), axis.x(ended_ns)


def _surest(window: Window, axis: Axis) -> tuple[float, float]:
    """What was bad beyond doubt."""
    began_ns = window.began.lo if window.began.hi is None else window.began.hi
    end = axis.x(axis.end_ns if window.ended.hi is None else window.ended.lo)
    return min(axis.x(began_ns), end), end


def _merged(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches whose gaps can't be seen, joined: a bad time never looks shorter than it was."""
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(stretches):
        if merged and begin - merged[-1][1] < _THINNEST:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged
