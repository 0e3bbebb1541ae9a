"""Several faults in one sentence: together, or one after the other at instants that are said beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass

from switchdrill.duration import parse_ns
from switchdrill.errors import BadInput
from switchdrill.fault import Fault
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A fault, and how long after the first one it is made."""

    after_ns: int
    fault: Fault


class Together:
    """All of them in one instant, as far as their means allow: `Together(SiteLoss(...), PacketLoss(...))`."""

    def __init__(self, *faults: "Fault | Together | Sequence") -> None:
        if not faults:
            raise BadInput(_("Together() was given no fault"))
        self.parts = tuple((0, each) for each in faults)


class Sequence:
    """One after the other: `Sequence(("0s", SiteLoss(...)), ("5s", PacketLoss(...)))`.

    Each instant counts from the first fault. Healed in the opposite order.
    """

    def __init__(self, *parts: "tuple[str, Fault | Together | Sequence]") -> None:
        """BadInput for what is no pair of a duration and a fault, and when nothing begins at once."""
        self.parts = tuple(_read(part) for part in parts)
        if not any(after_ns == 0 for after_ns, _each in self.parts):
            raise BadInput(
                _("a Sequence begins with a fault at 0s"), now=_('write the first one as ("0s", SiteLoss(...))')
            )


Arranged = Fault | Together | Sequence


def in_time(arranged: tuple[Arranged, ...]) -> list[Timed]:
    """Every fault of them with its instant, in the order of time. BadInput for what is no fault."""
    return sorted(_timed(arranged, 0), key=lambda each: each.after_ns)


def _timed(arranged: tuple[Arranged, ...], begun_ns: int) -> Iterator[Timed]:
    for each in arranged:
        if isinstance(each, Together | Sequence):
            for after_ns, part in each.parts:
                yield from _timed((part,), begun_ns + after_ns)
            continue
        if not callable(getattr(each, "plan", None)):
            raise BadInput(
                _("{what!r} is no fault").format(what=each),
                now=_("see  switchdrill faults  for what can be broken"),
            )
        yield Timed(after_ns=begun_ns, fault=each)


def _read(part: object) -> tuple[int, Arranged]:
    try:
        after, fault = part if isinstance(part, tuple) else ()
        return parse_ns(after), fault
    except (TypeError, ValueError) as problem:
        raise BadInput(
            _('a Sequence has pairs such as ("5s", PacketLoss(...)), not {what!r}').format(what=part),
            because=str(problem),
        ) from None
