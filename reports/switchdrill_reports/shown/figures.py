"""Figures for people: durations as intervals, shares, counts, dates. Never more digits than were measured.

An interval is rounded outwards, so that what is printed still holds the truth: 8.24 to 8.31 s is `8.2–8.4 s`.
"""

from math import ceil, floor

from babel.numbers import format_decimal, format_percent

from switchdrill.clock import NS_PER_MS, NS_PER_S, Anchor
from switchdrill_reports.result import Span
from switchdrill_reports.words import say

_TENTH_NS = NS_PER_S // 10
_MINUTE_NS = 60 * NS_PER_S
_IN_MILLISECONDS_BELOW_NS = 100 * NS_PER_MS
_IN_MINUTES_FROM_NS = 10 * _MINUTE_NS
_MINUS = "\N{MINUS SIGN}"
_TO = "\N{EN DASH}"


def span(measured: Span | None, language: str) -> str:
    """A measured duration: `8.2–8.4 s`, `> 30 s (not recovered when observation ended)`, `not measured`."""
    if measured is None:
        return say("not measured", language)
    if measured.hi is None:
        return say("> {bound} (not recovered when observation ended)", language).format(
            bound=exact(_floor_to(measured.lo, _TENTH_NS), language)
        )
    return interval(measured.lo, measured.hi, language)


def brief_span(measured: Span | None, language: str) -> str:
    """The same where there is little room: a censored one is only `> 30 s`."""
    if measured is not None and measured.hi is None:
        return f"> {exact(_floor_to(measured.lo, _TENTH_NS), language)}"
    return span(measured, language)


def interval(lo_ns: int, hi_ns: int, language: str) -> str:
    """`8.2–8.4 s`; one figure when both ends are the same, or print alike."""
    if lo_ns == hi_ns:
        return duration(lo_ns, language)
    if hi_ns < _IN_MILLISECONDS_BELOW_NS:
        low, high = str(floor(lo_ns / NS_PER_MS)), str(ceil(hi_ns / NS_PER_MS))
        return say("{amount} ms", language).format(amount=_joined(low, high))
    if hi_ns < _IN_MINUTES_FROM_NS:
        low, high = _tenths(_floor_to(lo_ns, _TENTH_NS)), _tenths(-_floor_to(-hi_ns, _TENTH_NS))
        return say("{amount} s", language).format(amount=_joined(low, high))
    low, high = _minutes(lo_ns // NS_PER_S, language), _minutes(-(-hi_ns // NS_PER_S), language)
    return _joined(low, high)


def duration(ns: int, language: str) -> str:
    """One figure that was measured: `8.2 s`, `12 ms`, `12 min 05 s`."""
    if 0 < abs(ns) < _IN_MILLISECONDS_BELOW_NS:
        return say("{amount} ms", language).format(amount=round(ns / NS_PER_MS))
    if ns == 0:
        return exact(0, language)
    if abs(ns) < _IN_MINUTES_FROM_NS:
        return say("{amount} s", language).format(amount=f"{ns / NS_PER_S:.1f}")
    return _minutes(round(ns / NS_PER_S), language)


def exact(ns: int, language: str) -> str:
    """One figure that was written down beforehand: `20 s`, `1.5 s`, `100 ms`, `12 min 05 s`."""
    if abs(ns) >= _IN_MINUTES_FROM_NS:
        return _minutes(round(ns / NS_PER_S), language)
    if 0 < abs(ns) < NS_PER_S:
        return say("{amount} ms", language).format(amount=f"{ns / NS_PER_MS:g}")
    return say("{amount} s", language).format(amount=f"{ns / NS_PER_S:.6g}")


def maybe_duration(ns: int | None, language: str) -> str:
    """The same, where it may be missing."""
    return say("not measured", language) if ns is None else duration(ns, language)


def tenths(ns: int, language: str) -> str:
    """A share of a sum that is printed to a tenth of a second: `0.0 s`, `5.9 s`."""
    if ns >= _IN_MINUTES_FROM_NS:
        return _minutes(round(ns / NS_PER_S), language)
    return say("{amount} s", language).format(amount=_tenths(ns))


def instant(at: Span | None, zero_ns: int, language: str) -> str:
    """An instant on the axis whose zero is T0: `+5.9–6.0 s`, `−18.0 s`, `later than +30.0 s`."""
    if at is None:
        return say("not measured", language)
    low = _floor_to(at.lo - zero_ns, _TENTH_NS)
    if at.hi == at.lo:
        low = _floor_to(at.lo - zero_ns + _TENTH_NS // 2, _TENTH_NS)
        return say("{amount} s", language).format(amount=signed_tenths(low))
    if at.hi is None:
        return say("later than {amount} s", language).format(amount=signed_tenths(low))
    high = -_floor_to(zero_ns - at.hi, _TENTH_NS)
    first, last = signed_tenths(low), signed_tenths(high)
    if first == last:
        amount = first
    elif low >= 0:
        amount = f"{first}{_TO}{_tenths(high)}"
    else:
        amount = say("{first} to {last}", language).format(first=first, last=last)
    return say("{amount} s", language).format(amount=amount)


def signed_tenths(ns: int) -> str:
    """`+5.9`, `−18.0`, `0.0`, in seconds."""
    shown = _tenths(abs(ns))
    if float(shown) == 0:
        return shown
    return f"{_MINUS if ns < 0 else '+'}{shown}"


def count(number: int | None, language: str) -> str:
    """A number of things; what was not counted never looks like zero."""
    if number is None:
        return say("not measured", language)
    return str(format_decimal(number, locale=language))


def share(part: float | None, language: str) -> str:
    """`97.5 %`; never rounded up to a whole that it is not."""
    if part is None:
        return say("not measured", language)
    return str(format_percent(floor(part * 1000 + 1e-9) / 1000, format="#,##0.#%", locale=language))


def date(at_ns: int, anchor: Anchor) -> str:
    """`2026-11-21 03:12:05 UTC`: the zone always stands there, and it is never the reader's."""
    when = anchor.date(at_ns)
    return f"{when:%Y-%m-%d %H:%M:%S} {when.tzname()}"


def _joined(low: str, high: str) -> str:
    return low if low == high else f"{low}{_TO}{high}"


def _tenths(ns: int) -> str:
    return f"{ns / NS_PER_S:.1f}"


def _floor_to(ns: int, step_ns: int) -> int:
    return ns // step_ns * step_ns


def _minutes(seconds: int, language: str) -> str:
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return say("{minutes} min {seconds:02d} s", language).format(minutes=minutes, seconds=rest)
    hours, left = divmod(minutes, 60)
    return say("{hours} h {minutes:02d} min", language).format(hours=hours, minutes=left)
