"""Instants and durations that say how well they are known.

An instant is never a number here: it is `[lo, hi]`, and the truth lies inside. A duration between two of them is an
interval too. What had not happened when observation ended is right-censored: it has a `lo` and no `hi`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The truth is in [lo, hi], integer nanoseconds; `hi is None` means: later than lo, observation ended there.

    Used for instants (CLOCK_MONOTONIC) and for durations alike.
    """

    lo: int
    hi: int | None

    def __post_init__(self) -> None:
        if self.hi is not None and self.hi < self.lo:
            raise ValueError(f"an interval ends before it begins: [{self.lo}, {self.hi}]")

    @property
    def is_censored(self) -> bool:
        return self.hi is None

    @property
    def width(self) -> int | None:
        return None if self.hi is None else self.hi - self.lo


def exactly(at: int) -> Interval:
    """An instant that was read from a log on the same clock."""
    return Interval(lo=at, hi=at)


def after(at: int) -> Interval:
    """Right-censored: had not happened at `at`, when observation ended."""
    return Interval(lo=at, hi=None)


def elapsed(start: Interval, end: Interval) -> Interval:
    """The duration from `start` to `end`: [end.lo - start.hi, end.hi - start.lo], never below zero.

    A censored end gives a censored duration; a censored start (it never began) is a contradiction.
    """
    if start.hi is None:
        raise ValueError("a duration can't begin at an instant that was never reached")
    return Interval(lo=max(0, end.lo - start.hi), hi=None if end.hi is None else max(0, end.hi - start.lo))


def hull(first: Interval, *others: Interval) -> Interval:
    """The smallest interval that holds all of them; censored if one is."""
    every = (first, *others)
    highs = [each.hi for each in every if each.hi is not None]
    return Interval(lo=min(each.lo for each in every), hi=max(highs) if len(highs) == len(every) else None)


def latest(first: Interval, *others: Interval) -> Interval:
    """When the last of several things had happened: the maximum, ends taken separately."""
    every = (first, *others)
    highs = [each.hi for each in every if each.hi is not None]
    return Interval(lo=max(each.lo for each in every), hi=max(highs) if len(highs) == len(every) else None)


def earliest(first: Interval, *others: Interval) -> Interval:
    """When the first of several things had happened: the minimum, ends taken separately; censored if all are."""
    every = (first, *others)
    highs = [each.hi for each in every if each.hi is not None]
    return Interval(lo=min(each.lo for each in every), hi=min(highs) if highs else None)


def not_before(boundary: Interval, instant: Interval) -> Interval:
    """`instant`, pushed to where `boundary` already was: phases never run backwards."""
    return latest(boundary, instant)
