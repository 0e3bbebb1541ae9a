"""Sentences that a result stores as a code with figures, in the reader's language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeGuard

from switchdrill_reports.result import Said, Span
from switchdrill_reports.said import SAID
from switchdrill_reports.shown import figures, names
from switchdrill_reports.words import say

Fact = str | int | float | None

_WRITTEN_BEFOREHAND = ("promised_ns", "allowed_ns", "limit_ns", "every_ns", "within_ns", "steady_ns")
_ROUNDED = {"seen_ns": figures.at_least, "latest_ns": figures.at_most}
_TO_THE_MILLISECOND = ("absent",)
_PROMISED_SHARE = "promised_share"


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
    """`X_lo_ns` and `X_hi_ns` become `X`, the interval; every other fact is worded by its name.

    Durations of one sentence are compared by whoever reads it: they get one unit, and digits enough.
    """
    bounds = [round(value) for name, value in facts.items() if name in _WRITTEN_BEFOREHAND and _is_figure(value)]
    highest = [round(value) for name, value in facts.items() if name.endswith("_ns") and _is_figure(value)]
    promised = facts.get(_PROMISED_SHARE)
    spoken: dict[str, str] = {}
    for name, value in facts.items():
        stem = name.removesuffix("_lo_ns")
        if stem != name and f"{stem}_hi_ns" in facts:
            pair = _pair(value, facts[f"{stem}_hi_ns"])
            is_precise = stem in _TO_THE_MILLISECOND
            spoken[stem] = figures.milliseconds(pair, language) if is_precise else figures.span(pair, language, bounds)
        if name in _WRITTEN_BEFOREHAND and _is_figure(value):
            spoken[name] = figures.exact(round(value), language, highest if len(highest) > 1 else ())
        elif name.endswith("_ns") and _is_figure(value):
            spoken[name] = _ROUNDED.get(name, figures.duration)(round(value), language, bounds)
        elif name.endswith("_share") and _is_figure(value):
            spoken[name] = _share(name, float(value), promised, language)
        else:
            spoken[name] = _other(name, value, language, titles)
    return spoken


def _share(name: str, value: float, promised: Fact, language: str) -> str:
    if name == _PROMISED_SHARE:
        return figures.exact_share(value, language)
    return figures.share(value, language, [promised] if _is_figure(promised) else ())


def _other(name: str, value: Fact, language: str, titles: Mapping[str, str]) -> str:
    if value is None:
        return say("not measured", language)
    if isinstance(value, str):
        return names.spoken_fact(name, value, language, titles)
    return figures.count(value, language) if isinstance(value, int) else str(value)


def _pair(low: Fact, high: Fact) -> Span | None:
    return Span(lo=low, hi=high if isinstance(high, int) else None) if isinstance(low, int) else None


def _is_figure(value: Fact) -> TypeGuard[int | float]:
    return isinstance(value, int | float)
