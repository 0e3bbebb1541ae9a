"""How much of its peak a line suffers at which time."""

from collections.abc import Callable

from switchdrill.fault import Schedule, Turn

PROFILES: dict[str, tuple[tuple[int, int], ...]] = {
    "evening": ((0, 10), (10, 30), (20, 60), (30, 100), (70, 60), (80, 30), (90, 10)),
    "day": ((0, 20), (8, 10), (30, 20), (46, 40), (58, 30), (75, 60), (81, 100), (94, 50)),
}
"""From so many percent of the time on, so many percent of the peak. `day` begins at midnight: worst from half past
seven in the evening to half past ten.
"""


def shares(profile: str) -> list[int]:
    """Every one that comes, in percent of the peak."""
    return [share for _start, share in PROFILES[profile]]


def scheduled(profile: str, over_ns: int, state: Callable[[int], str]) -> Schedule:
    """Played once; what it ends with stays. `state`: of a share, in the fault's words."""
    return Schedule(
        turns=[Turn(after_ns=over_ns * start // 100, state=state(share)) for start, share in PROFILES[profile]]
    )
