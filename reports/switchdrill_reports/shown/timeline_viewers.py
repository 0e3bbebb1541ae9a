"""The audience on the time axis: planned, alive, and with a picture."""

from itertools import pairwise

from switchdrill.clock import NS_PER_S
from switchdrill_reports.result import Span, Viewers, ViewerSecond
from switchdrill_reports.shown.canvas import Canvas
from switchdrill_reports.shown.figures import count, instant
from switchdrill_reports.shown.svg import GOOD, GOOD_EDGE, INK, PLANNED, QUIET, Line, Path, Text
from switchdrill_reports.words import say

_PLOT = 92.0
_GAP_NS = 3 * NS_PER_S
"""Seconds that are further apart than this are not joined: nobody knows what was between them."""


def draw_viewers(canvas: Canvas, viewers: Viewers | None, language: str) -> None:
    canvas.heading(say("Viewers", language), say("area: with picture · line: alive · dots: planned", language))
    if viewers is None or not viewers.series:
        canvas.remark(say("not measured", language))
        return
    series = condensed(viewers.series, int(canvas.axis.width // 2))
    most = max(1, *(max(each.planned, each.alive, each.good) for each in series))
    top = canvas.take(_PLOT + 6) + 4
    bottom = top + _PLOT - 8

    def place(each: ViewerSecond, number: int) -> tuple[float, float]:
        return canvas.axis.x(each.t_ns), round(bottom - number / most * (bottom - top), 1)

    canvas.add(Line(x1=0, y1=bottom, x2=canvas.axis.width, y2=bottom, stroke=QUIET, width=0.75))
    for run in _unbroken(series):
        good = _steps([place(each, each.good) for each in run])
        first, last = place(run[0], 0)[0], place(run[-1], 0)[0]
        canvas.add(
            Path(d=f"{good} L{last:g} {bottom:g} L{first:g} {bottom:g} Z", fill=GOOD),
            Path(d=good, stroke=GOOD_EDGE, width=1.25),
            Path(d=_steps([place(each, each.alive) for each in run]), stroke=INK, width=1.5),
            Path(d=_steps([place(each, each.planned) for each in run]), stroke=PLANNED, width=1.25, dash="1 4"),
        )
    canvas.add(Text(x=3, y=top + 11, text=count(most, language), halo=True, fill=QUIET))
    lowest = lowest_during_load(viewers)
    if lowest is not None and lowest.good < lowest.planned:
        label = say("lowest: {good} of {planned}", language).format(
            good=count(lowest.good, language), planned=count(lowest.planned, language)
        )
        x, y = place(lowest, lowest.good)
        fits = x < canvas.axis.width / 2
        y = max(top + 28, min(bottom - 6, y - 4))
        canvas.add(Text(x=x + 4 if fits else x - 4, y=y, text=label, anchor="start" if fits else "end", halo=True))


def viewers_sentence(viewers: Viewers | None, zero_ns: int, language: str) -> str:
    """The row, in words."""
    lowest = None if viewers is None else lowest_during_load(viewers)
    if viewers is None or lowest is None:
        return say("Viewers were not measured.", language)
    return say(
        "Viewers with a picture: at least {good} of {planned} (at {instant}), {last} at the end.", language
    ).format(
        good=count(lowest.good, language),
        planned=count(lowest.planned, language),
        instant=instant(Span(lo=lowest.t_ns, hi=lowest.t_ns), zero_ns, language),
        last=count(viewers.series[-1].good, language),
    )


def lowest_during_load(viewers: Viewers) -> ViewerSecond | None:
    """The second with the smallest share of viewers that had a picture, once as many were there as planned."""
    ramped = next((index for index, each in enumerate(viewers.series) if each.good >= each.planned > 0), None)
    if ramped is None:
        return min(viewers.series, key=lambda each: each.good, default=None)
    full = [each for each in viewers.series[ramped:] if each.planned > 0]
    return min(full, key=lambda each: each.good / each.planned)


def changes(series: list[ViewerSecond]) -> list[ViewerSecond]:
    """The seconds that differ from the one before them, or follow a gap; the first and the last always."""
    return [
        after
        for number, (before, after) in enumerate(pairwise([*series[:1], *series]))
        if number in (0, len(series) - 1)
        or (before.planned, before.alive, before.good) != (after.planned, after.alive, after.good)
        or after.t_ns - before.t_ns > _GAP_NS
    ]


def condensed(series: list[ViewerSecond], most: int) -> list[ViewerSecond]:
    """At most about `most` points; of seconds that share one, the worst counts."""
    size = -(-len(series) // max(1, most))
    if size <= 1:
        return series
    groups = [series[index : index + size] for index in range(0, len(series), size)]
    return [
        ViewerSecond(
            t_ns=group[0].t_ns,
            planned=max(each.planned for each in group),
            alive=min(each.alive for each in group),
            good=min(each.good for each in group),
        )
        for group in groups
    ]


def _unbroken(series: list[ViewerSecond]) -> list[list[ViewerSecond]]:
    if not series:
        return []
    steps = sorted(after.t_ns - before.t_ns for before, after in pairwise(series))
    usual = steps[len(steps) // 2] if steps else 0
    runs = [[series[0]]]
    for before, after in pairwise(series):
        if after.t_ns - before.t_ns > max(_GAP_NS, 2 * usual):
            runs.append([])
        runs[-1].append(after)
    return runs


def _steps(points: list[tuple[float, float]]) -> str:
    """A path that keeps each value until the next one."""
    words = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (_x, before), (x, after) in pairwise(points):
        words.append(f"H{x:g}")
        if after != before:
            words.append(f"V{after:g}")
    return " ".join(words)
