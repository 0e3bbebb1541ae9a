"""When viewers were hit: the first bad sample after an instant, and the end of the last one."""

from collections.abc import Callable

from switchdrill.interval import Interval, after
from switchdrill_reports.measured.gaps import after_last_gap
from switchdrill_reports.measured.outages import outages_within
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.served import Seen
from switchdrill_reports.result import Evidence

Look = Callable[[Series], Seen | None]
"""Finds one instant in one target's samples; None: there is no sample to find it in."""


def first_impact(since_ns: int, until_ns: int) -> Look:
    """The first bad sample since the fault; censored when every one was good."""

    def look(series: Series) -> Seen | None:
        settled = series.settled(since_ns, until_ns)
        if not settled:
            return None
        hit = next(iter(outages_within(series, since_ns, until_ns)), None)
        if hit is None or hit.began.hi is None:
            last = settled[-1]
            return _seen(series, after(max(since_ns, series.sent_ns[last])), last, last)
        hi = max(since_ns, hit.began.hi)
        return _seen(series, Interval(lo=min(max(since_ns, hit.began.lo), hi), hi=hi), hit.first - 1, hit.first)

    return look


def last_impact(since_ns: int, until_ns: int) -> Look:
    """The end of the last bad sample after the command to go back; that command itself when none was bad."""

    def look(series: Series) -> Seen | None:
        settled = series.settled(since_ns, until_ns)
        if not settled:
            return None
        hits = outages_within(series, since_ns, until_ns)
        begin = hits[-1].last + 1 if hits else max(0, settled[0] - 1)
        sure = after_last_gap(series, begin, settled[-1])
        if not hits:
            unseen_until_ns = since_ns if sure == begin else max(since_ns, series.ended_ns[sure])
            return _seen(series, Interval(lo=since_ns, hi=unseen_until_ns), settled[0], settled[-1], is_none=True)
        ended = hits[-1].ended
        hi = ended.hi if ended.hi is None or sure == begin else max(ended.hi, series.ended_ns[sure])
        at = Interval(lo=max(since_ns, ended.lo), hi=None if hi is None else max(since_ns, hi))
        return _seen(series, at, hits[-1].last, hits[-1].last + 1)

    return look


def _seen(series: Series, at: Interval, first: int, last: int, *, is_none: bool = False) -> Seen:
    rows = sorted((series.rows[max(0, first)], series.rows[min(last, len(series) - 1)]))
    return Seen(at=at, evidence=Evidence(file=series.file, rows=(rows[0], rows[1])), is_none=is_none)
