"""When one target was served by a site: first, and good for good."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchdrill.interval import Interval, after
from switchdrill.runbook.model import GoodFrame
from switchdrill_reports.measured.gaps import after_last_gap, is_after_gap, longest_look_away_ns
from switchdrill_reports.measured.outages import first_end
from switchdrill_reports.measured.series import Series
from switchdrill_reports.result import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which site must serve, between which instants, and what makes its pictures good for good."""

    site: int
    """As samples write it: 1 + index."""
    since_ns: int
    until_ns: int
    """Good until here without a break."""
    observed_until_ns: int
    """The segments may be counted up to here, as long as nothing breaks the run."""
    good_frame: GoodFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An instant, and the rows that decided it."""

    at: Interval
    evidence: Evidence
    is_none: bool = False
    """What was looked for did not happen; `at` is from when on it did not."""


def first_good(series: Series, wanted: Wanted) -> Seen | None:
    """The first good sample from the site: between the send of the sample before it and the first end of its run."""
    settled = series.settled(wanted.since_ns, wanted.until_ns)
    if not settled:
        return None
    for index in settled:
        if series.served[index] == wanted.site:
            lo = series.sent_ns[index - 1] if index else wanted.since_ns
            hi = first_end(series.ended_ns, index, _end_of_run(series, index))
            return _seen(series, Interval(lo=min(max(lo, wanted.since_ns), hi), hi=hi), index - 1, index)
    return _never(series, wanted, settled[-1])


def steered(series: Series, wanted: Wanted, pictures: Sequence[Series] = ()) -> Seen | None:
    """When answers were the new site's for good, a resolver's or a picture's: after the last that named another one.

    No answer at all, or a failed one, says nothing either way: it widens. A good picture from the new site is an
    answer, too: whoever got it by the same name and resolver (`pictures`) had been told the new site when it ended.
    """
    settled = series.settled(wanted.since_ns, wanted.until_ns)
    named = _named(series)
    answers = [index for index in settled if named[index]]
    if not answers:
        return None
    others = [index for index in answers if named[index] != wanted.site]
    last_other = others[-1] if others else None
    lo = wanted.since_ns if last_other is None else max(wanted.since_ns, series.sent_ns[last_other])
    ours = [index for index in answers if last_other is None or index > last_other]
    if not ours:
        return _seen(series, after(lo), answers[-1], answers[-1])
    sure = after_last_gap(series, ours[0], settled[-1])
    known = [index for index in ours if index >= sure]
    if not known:
        return _seen(series, after(lo), ours[0], ours[-1])
    other_told_ns = lo if last_other is None else series.ended_ns[last_other]
    told_ns = max(other_told_ns, series.sent_ns[known[0]] - longest_look_away_ns(series))
    hi = min([*(series.ended_ns[index] for index in known), *_pictures_since(told_ns, wanted, pictures)])
    return _seen(series, Interval(lo=min(lo, hi), hi=hi), ours[0] if last_other is None else last_other, ours[0])


def _named(series: Series) -> bytes:
    """The site that each answer names. A picture need not be good for that: whoever got a bad one was sent there."""
    return series.answered if series.target.kind == "hls" else series.served


def _pictures_since(told_ns: int, wanted: Wanted, pictures: Sequence[Series]) -> Iterator[int]:
    """The ends of good pictures from the new site that were asked for at `told_ns` or later.

    One that was asked for before the last other answer had come may have been resolved before that; one from long
    before the resolver named the new site itself may have had it from a moment that did not last.
    """
    for each in pictures:
        for index in each.settled(wanted.since_ns, wanted.until_ns):
            if each.served[index] == wanted.site and each.sent_ns[index] >= told_ns:
                yield each.ended_ns[index]


def good_for_good(series: Series, wanted: Wanted) -> Seen | None:
    """The start of the good samples from the site that nothing broke until `until_ns`.

    The run must hold the runbook's number of successive new segments, at its pace, and samples must reach up to
    `until_ns`; else it is censored: not before the last break, and nobody knows how much later. A gap in which nobody
    looked may hide a break: the interval stretches to behind the last one. None: no sample at all.
    """
    last = _last_settled(series, wanted.until_ns)
    first = series.first_planned_at(wanted.since_ns)
    if last < first:
        return None
    breaker = _last_breaker(series, wanted, first, last)
    begin = first if breaker is None else breaker + 1
    lo = wanted.since_ns if breaker is None else max(wanted.since_ns, series.sent_ns[breaker])
    if begin > last:
        return _never(series, wanted, last)
    sure = after_last_gap(series, begin, last)
    hi = first_end(series.ended_ns, sure, last)
    is_proven = (
        series.is_watched_until(wanted.until_ns) and new_segments(series, sure, wanted) >= wanted.good_frame.segments
    )
    at = Interval(lo=min(lo, hi), hi=hi) if is_proven else after(min(lo, hi))
    return _seen(series, at, begin if breaker is None else breaker, begin)


def new_segments(series: Series, begin: int, wanted: Wanted) -> int:
    """The longest stretch of successive new segments at pace in the unbroken run that starts at `begin`.

    A falling sequence starts again. The pace is that of the pictures' own clock, with one period for the error of
    looking; a stream without one is held to its freshness only, by the probe.
    """
    most = 0
    firsts: list[int] = []
    newest: int | None = None
    for index in range(begin, series.first_planned_after(wanted.observed_until_ns)):
        if series.served[index] != wanted.site or (index > begin and is_after_gap(series, index)):
            break
        sequence = series.v0[index]
        if newest is not None and sequence < newest:
            firsts, newest = [], None
        if newest is None or sequence > newest:
            newest = sequence
            firsts = [*_at_pace(series, firsts, index, wanted.good_frame.pace), index]
            most = max(most, len(firsts))
            if most >= wanted.good_frame.segments:
                break
    return most


def _at_pace(series: Series, firsts: list[int], newest: int, pace: float) -> list[int]:
    """Those of `firsts` from which the pictures came to `newest` fast enough: the longest tail of them."""
    for begin, index in enumerate(firsts):
        looked_ns = series.sent_ns[newest] - series.sent_ns[index] - series.target.every_ns
        has_clock = series.v1[index] > 0 and series.v1[newest] > 0
        if not has_clock or series.v1[newest] - series.v1[index] >= pace * looked_ns:
            return firsts[begin:]
    return []


def _never(series: Series, wanted: Wanted, last: int) -> Seen:
    """Censored: even what had left by `until_ns`, and ended later, was not a good sample from the site."""
    for index in range(series.first_planned_after(wanted.until_ns) - 1, last, -1):
        if series.served[index] != wanted.site and series.sent_ns[index] <= wanted.until_ns:
            last = index
            break
    return _seen(series, after(max(series.sent_ns[last], wanted.since_ns)), last, last)


def _end_of_run(series: Series, begin: int) -> int:
    """Index of the last sample of the run that `begin` is in."""
    site, end = series.served[begin], begin
    while end + 1 < len(series) and series.served[end + 1] == site:
        end += 1
    return end


def _last_settled(series: Series, until_ns: int) -> int:
    """Index of the last sample that was planned and had ended by `until_ns`; -1: none."""
    last = series.first_planned_after(until_ns) - 1
    while last >= 0 and series.ended_ns[last] > until_ns:
        last -= 1
    return last


def _last_breaker(series: Series, wanted: Wanted, first: int, last: int) -> int | None:
    """The last sample in [first, last] that had ended in time and was not a good one from the site."""
    for index in range(last, first - 1, -1):
        if series.served[index] != wanted.site and series.ended_ns[index] <= wanted.until_ns:
            return index
    return None


def _seen(series: Series, at: Interval, first: int, last: int) -> Seen:
    rows = (series.rows[max(0, first)], series.rows[max(0, last)])
    return Seen(at=at, evidence=Evidence(file=series.file, rows=(min(rows), max(rows))))
