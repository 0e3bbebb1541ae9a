"""In which unit durations are written that stand beside each other, and with how many digits.

One unit for all of them, the largest decides; and so many digits that whoever compares the printed figures comes to the
result that the judge came to with the exact ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from switchdrill.clock import NS_PER_MS, NS_PER_S
from switchdrill_reports.words import say

Unit = Literal["ms", "s", "min"]
Rounding = Callable[[int, int], int]
"""(ns, step) to a multiple of the step."""

_IN_MILLISECONDS_BELOW_NS = 100 * NS_PER_MS
_IN_MINUTES_FROM_NS = 600 * NS_PER_S
_HOUR_NS = 3600 * NS_PER_S
_UNIT_NS = {"ms": NS_PER_MS, "s": NS_PER_S, "min": NS_PER_S}
_TO = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A unit, and the smallest step that is written."""

    unit: Unit
    step_ns: int

    def written(self, ns: int, language: str) -> str:
        """`ns`, a multiple of the step, with its unit."""
        if self.unit == "min":
            return self._in_minutes(ns, language)
        return self._with_unit(self._amount(ns), language)

    def joined(self, low_ns: int, high_ns: int, language: str) -> str:
        """Two of them as an interval, the unit once; one when they are alike."""
        if low_ns == high_ns:
            return self.written(low_ns, language)
        if self.unit == "min":
            return f"{self.written(low_ns, language)}{_TO}{self.written(high_ns, language)}"
        return self._with_unit(f"{self._amount(low_ns)}{_TO}{self._amount(high_ns)}", language)

    def _amount(self, ns: int) -> str:
        unit_ns = _UNIT_NS[self.unit]
        digits = len(str(unit_ns // self.step_ns)) - 1
        whole, rest = divmod(abs(ns), unit_ns)
        sign = "-" if ns < 0 else ""
        return f"{sign}{whole}.{rest * 10**digits // unit_ns:0{digits}d}" if digits else f"{sign}{whole}"

    def _with_unit(self, amount: str, language: str) -> str:
        return in_unit(self.unit, amount, language)

    def _in_minutes(self, ns: int, language: str) -> str:
        minutes, rest_ns = divmod(ns, 60 * NS_PER_S)
        whole, dot, digits = self._amount(rest_ns).partition(".")
        seconds = f"{whole:0>2}{dot}{digits}"
        if minutes < 60:
            return say("{minutes} min {seconds} s", language).format(minutes=minutes, seconds=seconds)
        hours, left = divmod(minutes, 60)
        if self.step_ns >= 60 * NS_PER_S:
            return say("{hours} h {minutes:02d} min", language).format(hours=hours, minutes=left)
        return say("{hours} h {minutes:02d} min {seconds} s", language).format(
            hours=hours, minutes=left, seconds=seconds
        )


def in_unit(unit: Unit, amount: str, language: str) -> str:
    """`12 ms`, `1.5 s`."""
    words = say("{amount} ms", language) if unit == "ms" else say("{amount} s", language)
    return words.format(amount=amount)


def scale_for(readings: Sequence[tuple[int, Rounding]], bounds: Sequence[int]) -> Scale:
    """For measured figures, each with how it will be rounded, and figures that they are compared with."""
    highest_ns = max((abs(ns) for ns in [*(ns for ns, _round in readings), *bounds]), default=0)
    unit: Unit = "s"
    if highest_ns < (NS_PER_S if bounds else _IN_MILLISECONDS_BELOW_NS):
        unit = "ms"
    elif highest_ns >= _IN_MINUTES_FROM_NS:
        unit = "min"
    steps = _steps(unit, highest_ns)
    fitting = (step for step in steps if all(_is_told(ns, round_to(ns, step), bounds) for ns, round_to in readings))
    return Scale(unit=unit, step_ns=next(fitting, 1))


def down(ns: int, step_ns: int) -> int:
    return ns // step_ns * step_ns


def up(ns: int, step_ns: int) -> int:
    return -(-ns // step_ns) * step_ns


def nearest(ns: int, step_ns: int) -> int:
    return (ns + step_ns // 2) // step_ns * step_ns


def _steps(unit: Unit, highest_ns: int) -> list[int]:
    """From the coarsest that is usual for the unit."""
    first_ns = {"ms": NS_PER_MS, "s": NS_PER_S // 10, "min": NS_PER_S}[unit]
    steps = [first_ns // 10**digits for digits in range(len(str(first_ns)))]
    return [60 * NS_PER_S, *steps] if unit == "min" and highest_ns >= _HOUR_NS else steps


def _is_told(ns: int, rounded_ns: int, bounds: Sequence[int]) -> bool:
    """Whether it is beyond the same bounds as before it was rounded."""
    return all((ns > bound) == (rounded_ns > bound) for bound in bounds)
