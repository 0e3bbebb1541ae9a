"""Who joins when, and in whose network he sits: decided by the plan's seed, before anything starts."""

from collections.abc import Mapping
from random import Random


def join_offsets_ns(seed: int, viewers: int, ramp_ns: int) -> list[int]:
    """When each viewer joins, counted from the start: spread over the ramp, the same for the same seed."""
    return [int(dice(seed, number).random() * ramp_ns) for number in range(viewers)]


def operators_of(shares: Mapping[str, float], viewers: int) -> list[str]:
    """Each viewer's operator; after any number of viewers the shares are met as closely as whole viewers can."""
    total = sum(shares.values())
    given = dict.fromkeys(shares, 0)
    chosen = []
    for number in range(viewers):
        name = max(shares, key=lambda each: shares[each] / total * (number + 1) - given[each])
        given[name] += 1
        chosen.append(name)
    return chosen


def dice(seed: int, number: int) -> Random:
    """A viewer's own random numbers; text seeds are the same on every machine and Python."""
    return Random(f"{seed}/{number}")  # noqa: S311 - jitter, not secrets
