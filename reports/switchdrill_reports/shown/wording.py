"""Sentences that a result stores as a code with figures, in the reader's language."""

from collections.abc import Mapping
from types import MappingProxyType

from switchdrill_reports.result import Said, Span
from switchdrill_reports.said import SAID
from switchdrill_reports.shown import figures, names
from switchdrill_reports.words import say

Fact = str | int | float | None

_WRITTEN_BEFOREHAND = ("promised_ns", "allowed_ns", "limit_ns", "every_ns", "within_ns", "steady_ns")


def worded(said: Said, language: str, *, titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """The sentence (`titles`: see `names.titles_of`).

    Of a code or a fact that this version does not know, such as a newer judge's: the code and its bare facts.
    """
    template = SAID.get(said.code)
    if template is None:
        return _bare(said)
    try:
        return say(template, language).format_map(_spoken(said.facts, language, titles))
    except KeyError:
        return _bare(said)


def _bare(said: Said) -> str:
    facts = "; ".join(f"{name}={value}" for name, value in said.facts.items())
    return f"{said.code}: {facts}" if facts else said.code


def _spoken(facts: Mapping[str, Fact], language: str, titles: Mapping[str, str]) -> dict[str, str]:
    """`X_lo_ns` and `X_hi_ns` become `X`, the interval; every other fact is worded by its name."""
    spoken: dict[str, str] = {}
    for name, value in facts.items():
        stem = name.removesuffix("_lo_ns")
        if stem != name and f"{stem}_hi_ns" in facts:
            spoken[stem] = figures.span(_pair(value, facts[f"{stem}_hi_ns"]), language)
        spoken[name] = _one(name, value, language, titles)
    return spoken


def _pair(low: Fact, high: Fact) -> Span | None:
    return Span(lo=low, hi=high if isinstance(high, int) else None) if isinstance(low, int) else None


def _one(name: str, value: Fact, language: str, titles: Mapping[str, str]) -> str:
    if value is None:
        return say("not measured", language)
    if isinstance(value, str):
        return names.spoken_fact(name, value, language, titles)
    if name.endswith("_ns"):
        ns = round(value)
        return figures.exact(ns, language) if name in _WRITTEN_BEFOREHAND else figures.duration(ns, language)
    if name.endswith("_share"):
        return figures.share(float(value), language)
    return figures.count(value, language) if isinstance(value, int) else str(value)
