"""Windows of unavailability, from open-loop samples.

An outage is an unbroken run of bad samples in planned order. Each end is known as an interval, and the truth is inside:

    began in [sent of the last good before, ended of the first bad]   a good answer proves it was good after it left
    ended in [sent of the last bad, ended of the first good after]    a bad one, a time-out too, was bad when it left

Of several bad (good) samples the one that ended first decides: a time-out's end comes late. Slots that the prober
missed are in no series: they are neither good nor bad, and so they widen both ends. What is shorter than a period may
have happened unseen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from switchdrill.interval import Interval, after
from switchdrill_reports.measured.series import Column, Series

_BAD = re.compile(b"\x00+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One bad run of one target: its two ends as instants, and the samples that are it."""

    began: Interval
    ended: Interval
    """Censored: still bad when observation ended."""
    first: int
    last: int
    """Indices of the first and the last bad sample in the series."""


def outages(series: Series) -> list[Outage]:
    """Every bad run, in order."""
    return [_outage(series, match.start(), match.end() - 1) for match in _BAD.finditer(series.good)]


def outages_within(series: Series, since_ns: int, until_ns: int) -> list[Outage]:
    """Those with a sample that ended after `since_ns` and was planned before `until_ns`."""
    found = []
    for each in outages(series):
        ended_ns = series.ended_ns[each.first : each.last + 1]
        if max(ended_ns) >= since_ns and series.planned_ns[each.first] <= until_ns:
            found.append(each)
    return found


def _outage(series: Series, first: int, last: int) -> Outage:
    sent, ended = series.sent_ns, series.ended_ns
    # Bad from the very first sample on: it began before anybody looked, and that is when looking began.
    lo = sent[first - 1] if first else series.planned_ns[0]
    began = Interval(lo=min(lo, first_end(ended, first, last)), hi=first_end(ended, first, last))
    bad_until = max(sent[first : last + 1])
    next_good = last + 1
    if next_good >= len(series):
        return Outage(began=began, ended=after(bad_until), first=first, last=last)
    good_end = series.good.find(b"\x00", next_good)
    last_good = (len(series) if good_end < 0 else good_end) - 1
    good_by = first_end(ended, next_good, last_good)
    return Outage(began=began, ended=Interval(lo=min(bad_until, good_by), hi=good_by), first=first, last=last)


def first_end(ended_ns: Column, first: int, last: int) -> int:
    """The earliest end of the samples `first`..`last`: by then, what they all say was so."""
    part: Sequence[int] = ended_ns[first : last + 1]
    return min(part)
