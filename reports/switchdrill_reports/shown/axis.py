"""The one time axis that every row of the timeline shares. T0 is the onset of the fault that the switch answers."""

from dataclasses import dataclass

from switchdrill.clock import NS_PER_S
from switchdrill_reports.result import FaultShown, Result

_STEPS_S = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From instants to places on the paper."""

    zero_ns: int
    begin_ns: int
    end_ns: int
    width: float

    def x(self, at_ns: int) -> float:
        """Clamped to the paper."""
        at_ns = min(max(at_ns, self.begin_ns), self.end_ns)
        return round((at_ns - self.begin_ns) / (self.end_ns - self.begin_ns) * self.width, 1)

    def ticks(self) -> list[int]:
        """Instants at round distances from T0, about 80 units of paper apart or more."""
        most = max(2, int(self.width // 80))
        length_s = (self.end_ns - self.begin_ns) / NS_PER_S
        step_s = next((step for step in _STEPS_S if length_s / step <= most), None)
        if step_s is None:
            step_s = _STEPS_S[-1] * max(1, int(length_s / _STEPS_S[-1] / most) + 1)
        step_ns = step_s * NS_PER_S
        first = -((self.zero_ns - self.begin_ns) // step_ns)
        last = (self.end_ns - self.zero_ns) // step_ns
        return [self.zero_ns + number * step_ns for number in range(first, last + 1)]


def zero_ns(result: Result) -> int:
    """T0: the early end of `zero_fault`'s onset; the run's beginning when nothing was broken."""
    fault = zero_fault(result)
    return result.began_ns if fault is None or fault.onset is None else fault.onset.lo


def zero_fault(result: Result) -> FaultShown | None:
    """The first fault that the switch answers; when that was not made, the first that was; None: none was made."""
    made = sorted((each.onset.lo, number) for number, each in enumerate(result.faults) if each.onset is not None)
    answered = [number for _at, number in made if result.faults[number].answered]
    first = next(iter([*answered, *(number for _at, number in made)]), None)
    return None if first is None else result.faults[first]


def has_one_before(result: Result) -> bool:
    """Whether another fault was broken before the one at T0, around it: then a reader must be told which one T0 is."""
    fault = zero_fault(result)
    return fault is not None and fault.answered and any(not each.answered for each in result.faults)


def axis_of(result: Result, width: float) -> Axis | None:
    """The axis from the run's beginning to its end; None when the run has no length."""
    if result.ended_ns <= result.began_ns:
        return None
    return Axis(zero_ns=zero_ns(result), begin_ns=result.began_ns, end_ns=result.ended_ns, width=width)
