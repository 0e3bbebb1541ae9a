"""Intervals, as run.json and its sentences carry them."""

from switchdrill.interval import Interval
from switchdrill_reports.result import Span


def span_of(interval: Interval | None) -> Span | None:
    """As it is written into run.json."""
    return None if interval is None else Span(lo=interval.lo, hi=interval.hi)


def interval_of(span: Span | None) -> Interval | None:
    return None if span is None else Interval(lo=span.lo, hi=span.hi)


def span_facts(name: str, interval: Interval) -> dict[str, str | int | float | None]:
    """An interval as facts of a `Said`."""
    return {f"{name}_lo_ns": interval.lo, f"{name}_hi_ns": interval.hi}
