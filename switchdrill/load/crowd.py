"""The audience's state: who is there, who has a picture, who lost it and for how long."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from switchdrill.clock import NS_PER_S
from switchdrill.record.viewers import Outage, Second

PATIENCE = 2.5
"""Segments without a new one after which a viewer counts as out of picture."""


@dataclass(slots=True)
class Seat:
    """One viewer's place."""

    operator: str
    join_ns: int
    is_here: bool = False
    has_left: bool = False
    last_good_ns: int | None = None
    patience_ns: int = int(PATIENCE * NS_PER_S)
    site: str | None = None

    def is_good(self, now_ns: int) -> bool:
        return self.last_good_ns is not None and now_ns - self.last_good_ns <= self.patience_ns


class Crowd:
    """Not thread-safe: one event loop. `tell` gets every outage when it ends."""

    def __init__(self, operators: Sequence[str], offsets_ns: Sequence[int], tell: Callable[[Outage], None]) -> None:
        self.seats = [
            Seat(operator=operator, join_ns=offset_ns)
            for operator, offset_ns in zip(operators, offsets_ns, strict=True)
        ]
        self._tell = tell
        self._late_ns: list[int] = []

    def begin(self, start_ns: int) -> None:
        """From now on `join_ns` is an instant."""
        for seat in self.seats:
            seat.join_ns += start_ns

    def joined(self, number: int) -> None:
        self.seats[number].is_here = True

    def left(self, number: int) -> None:
        """The viewer's loop ended, which it should not."""
        self.seats[number].has_left = True

    def late(self, late_ns: int) -> None:
        """One of our own requests left this much after its planned instant."""
        self._late_ns.append(late_ns)

    def segment(self, number: int, now_ns: int, *, duration_s: float, site: str) -> None:
        """A new segment arrived whole."""
        seat = self.seats[number]
        seat.patience_ns = int(PATIENCE * duration_s * NS_PER_S)
        before_ns = seat.join_ns if seat.last_good_ns is None else seat.last_good_ns
        if now_ns - before_ns > seat.patience_ns:
            self._tell(_outage(number, seat, now_ns, next_good_ns=now_ns, site_after=site))
        seat.last_good_ns, seat.site = now_ns, site

    def second(self, now_ns: int) -> Second:
        """The audience of the second that ends now."""
        good = [seat for seat in self.seats if seat.is_here and seat.is_good(now_ns)]
        late_ns = sorted(self._late_ns)
        self._late_ns.clear()
        return Second(
            t_ns=now_ns,
            planned=sum(seat.join_ns <= now_ns for seat in self.seats),
            alive=sum(seat.is_here and not seat.has_left for seat in self.seats),
            good=len(good),
            by_site=dict(sorted(Counter(seat.site for seat in good if seat.site is not None).items())),
            late_p99_ns=late_ns[(len(late_ns) * 99 - 1) // 100] if late_ns else 0,
        )

    def close(self, now_ns: int) -> None:
        """Observation ends: whoever is out of picture now stays so on record, right-censored."""
        for number, seat in enumerate(self.seats):
            if not seat.is_here:
                continue
            since_ns = seat.join_ns if seat.last_good_ns is None else seat.last_good_ns
            if now_ns - since_ns > seat.patience_ns:
                self._tell(_outage(number, seat, now_ns, next_good_ns=None, site_after=None))


def _outage(number: int, seat: Seat, now_ns: int, *, next_good_ns: int | None, site_after: str | None) -> Outage:
    return Outage(
        t_ns=now_ns,
        viewer=number,
        operator=seat.operator,
        last_good_ns=seat.join_ns if seat.last_good_ns is None else seat.last_good_ns,
        next_good_ns=next_good_ns,
        site_before=seat.site,
        site_after=site_after,
    )
