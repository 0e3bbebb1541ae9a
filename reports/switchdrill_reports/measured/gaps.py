"""Stretches about which a probe knows nothing, because it did not look: never good, and never bad.

A slot or three may be lost to a busy machine; what is longer could hide an outage. A time-out is an answer, not a gap.
"""

from switchdrill_reports.measured.series import Series

MOST_LOST_SLOTS = 3
"""So many slots in a row may be without a definite outcome."""


def looked_away(series: Series, since_ns: int, until_ns: int) -> bool:
    """Whether a gap touches the time between two instants. Its end is for `Series.is_watched_until` to judge."""
    first = series.first_planned_at(since_ns)
    if first >= len(series):
        return True
    every_ns = series.target.every_ns
    if not first and series.planned_ns[0] - since_ns > longest_look_away_ns(series):
        return True
    last = min(series.first_planned_after(until_ns + every_ns), len(series) - 1)
    touching = (index for index in range(first, last + 1) if is_after_gap(series, index))
    return any(
        series.planned_ns[index] - every_ns >= since_ns and series.planned_ns[index - 1] + every_ns <= until_ns
        for index in touching
    )


def after_last_gap(series: Series, begin: int, last: int) -> int:
    """Index of the first of the samples `begin`..`last` behind which there is no gap any more."""
    return next((index for index in range(last, begin, -1) if is_after_gap(series, index)), begin)


def is_after_gap(series: Series, index: int) -> bool:
    """Whether nobody looked between the sample before it and this one."""
    return index > 0 and series.planned_ns[index] - series.planned_ns[index - 1] > longest_look_away_ns(series)


def longest_look_away_ns(series: Series) -> int:
    """From one sample to the next, without anything being said of the time between."""
    return (MOST_LOST_SLOTS + 1) * series.target.every_ns
