"""Figures for people: durations as intervals, shares, counts, dates. Never more digits than were measured.

An interval is rounded outwards, so that what is printed still holds the truth: 8.24 to 8.31 s is `8.2–8.4 s`. Where
figures are compared (`beside`), they are written so that the comparison can be seen: see `scale.py`.
"""

from collections.abc import Sequence
from math import floor

from babel.numbers import format_decimal, format_percent

from switchdrill.clock import NS_PER_MS, NS_PER_S, Anchor
from switchdrill_reports.result import Span
from switchdrill_reports.shown.scale import Rounding, down, in_unit, nearest, scale_for, up
from switchdrill_reports.words import say

_TENTH_NS = NS_PER_S // 10
_IN_MINUTES_FROM_NS = 600 * NS_PER_S
_MINUS = "\N{MINUS SIGN}"
_TO = "\N{EN DASH}"


def span(measured: Span | None, language: str, beside: Sequence[int] = ()) -> str:
    """A measured duration: `8.2–8.4 s`, `> 30 s (not over by then)`, `not measured`."""
    if measured is None:
        return say("not measured", language)
    if measured.hi is None:
        return say("> {bound} (not over by then)", language).format(bound=at_least(measured.lo, language, beside))
    return interval(measured.lo, measured.hi, language, beside)


def brief_span(measured: Span | None, language: str, beside: Sequence[int] = ()) -> str:
    """The same where there is little room: a censored one is only `> 30 s`."""
    if measured is not None and measured.hi is None:
        return f"> {at_least(measured.lo, language, beside)}"
    return span(measured, language, beside)


def interval(lo_ns: int, hi_ns: int, language: str, beside: Sequence[int] = ()) -> str:
    """`8.2–8.4 s`; one figure when both ends are the same, or print alike."""
    if lo_ns == hi_ns:
        return duration(lo_ns, language, beside)
    scale = scale_for([(lo_ns, down), (hi_ns, up)], beside)
    return scale.joined(down(lo_ns, scale.step_ns), up(hi_ns, scale.step_ns), language)


def milliseconds(measured: Span | None, language: str) -> str:
    """A measured duration, always to the millisecond: `501–568 ms`, `1234–1301 ms`."""
    if measured is None or measured.hi is None:
        return span(measured, language)
    lo, hi = measured.lo // NS_PER_MS, -(-measured.hi // NS_PER_MS)
    return in_unit("ms", f"{lo}" if measured.lo == measured.hi else f"{lo}{_TO}{hi}", language)


def duration(ns: int, language: str, beside: Sequence[int] = ()) -> str:
    """One figure that was measured: `8.2 s`, `12 ms`, `12 min 05 s`."""
    return _one(ns, language, beside, nearest)


def at_least(ns: int, language: str, beside: Sequence[int] = ()) -> str:
    """One that is a lower bound, and never rounded up: `31.2 s`, `30 s`."""
    return exact(ns, language, beside) if ns % NS_PER_S == 0 else _one(ns, language, beside, down)


def at_most(ns: int, language: str, beside: Sequence[int] = ()) -> str:
    """One that is an upper bound, and never rounded down."""
    return _one(ns, language, beside, up)


def exact(ns: int, language: str, beside: Sequence[int] = ()) -> str:
    """One figure that was written down beforehand: `20 s`, `1.5 s`, `100 ms`, `12 min 05 s`."""
    if ns == 0:
        return say("{amount} s", language).format(amount=0)
    scale = scale_for([], [ns, *beside])
    if scale.unit == "min":
        return scale.written(ns, language)
    unit_ns = NS_PER_MS if scale.unit == "ms" else NS_PER_S
    return in_unit(scale.unit, f"{ns / unit_ns:.9g}", language)


def maybe_duration(ns: int | None, language: str) -> str:
    """What was measured, where it may be missing."""
    return say("not measured", language) if ns is None else duration(ns, language)


def tenths(ns: int, language: str) -> str:
    """A share of a sum that is printed to a tenth of a second: `0.0 s`, `5.9 s`."""
    if ns >= _IN_MINUTES_FROM_NS:
        return duration(ns, language)
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


def precise_instant(at: Span | None, zero_ns: int, language: str) -> str:
    """The same to a millisecond, where that is what counts: `+12.345–12.412 s`."""
    if at is None or at.hi is None:
        return instant(at, zero_ns, language)
    low, high = _floor_to(at.lo - zero_ns, NS_PER_MS), -_floor_to(zero_ns - at.hi, NS_PER_MS)
    first, last = _signed_thousandths(low), _signed_thousandths(high)
    if at.hi == at.lo or first == last:
        amount = _signed_thousandths(_floor_to(at.lo - zero_ns + NS_PER_MS // 2, NS_PER_MS))
    elif low >= 0:
        amount = f"{first}{_TO}{high / NS_PER_S:.3f}"
    else:
        amount = say("{first} to {last}", language).format(first=first, last=last)
    return say("{amount} s", language).format(amount=amount)


def _signed_thousandths(ns: int) -> str:
    return f"{_MINUS if ns < 0 else '+' if ns else ''}{abs(ns) / NS_PER_S:.3f}"


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


def share(part: float | None, language: str, beside: Sequence[float] = ()) -> str:
    """`97.5 %`; never rounded up to a whole, nor to a bound, that it is not."""
    if part is None:
        return say("not measured", language)
    digits = next((each for each in range(1, 8) if not any(_cut(part, each) < one <= part for one in beside)), 8)
    return str(format_percent(_cut(part, digits), format=f"#,##0.{'#' * digits}%", locale=language))


def exact_share(part: float, language: str) -> str:
    """One that was written down beforehand, with all its digits."""
    return str(format_percent(part, format="#,##0.########%", locale=language))


def date(at_ns: int, anchor: Anchor) -> str:
    """`2026-11-21 03:12:05 UTC`: the zone always stands there, and it is never the reader's."""
    when = anchor.date(at_ns)
    return f"{when:%Y-%m-%d %H:%M:%S} {when.tzname()}"


def _one(ns: int, language: str, beside: Sequence[int], rounding: Rounding) -> str:
    if ns == 0:
        return say("{amount} s", language).format(amount=0)
    scale = scale_for([(ns, rounding)], beside)
    return scale.written(rounding(ns, scale.step_ns), language)


def _cut(part: float, digits: int) -> float:
    """To so many digits of a per cent, downwards."""
    scale = float(f"1e{digits + 2}")
    return floor(part * scale + 1e-9) / scale


def _tenths(ns: int) -> str:
    return f"{ns / NS_PER_S:.1f}"


def _floor_to(ns: int, step_ns: int) -> int:
    return ns // step_ns * step_ns
