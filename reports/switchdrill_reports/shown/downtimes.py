"""Downtimes of viewers: a figure, or a lower bound where an outage was still on when the load last told of it."""

from typing import Literal

from switchdrill_reports.result import Said, Span, Viewers
from switchdrill_reports.shown import figures

Which = Literal["mean", "p50", "p95", "max"]


def downtime(viewers: Viewers, which: Which, language: str) -> str:
    """`7.3 s`, `> 7.3 s`, `not measured`."""
    known: dict[Which, int | None] = {
        "mean": viewers.downtime_mean_ns,
        "p50": viewers.downtime_p50_ns,
        "p95": viewers.downtime_p95_ns,
        "max": viewers.downtime_max_ns,
    }
    ns = known[which]
    if ns is not None and which in viewers.lower_bounds:
        return figures.brief_span(Span(lo=ns, hi=None), language)
    return figures.maybe_duration(ns, language)


def lateness(ns: int | None, checks: list[Said], language: str) -> str:
    """As precise as in the rule that judges by it (one of `checks`)."""
    allowed = [each.facts.get("promised_ns") for each in checks if each.code.startswith("check.lateness.")]
    bounds = [each for each in allowed if isinstance(each, int)]
    return figures.maybe_duration(ns, language) if ns is None else figures.duration(ns, language, bounds)
