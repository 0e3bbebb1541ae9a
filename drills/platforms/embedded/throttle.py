"""How many requests a second an origin answers, when it has been made smaller than it is."""

from collections.abc import Callable

from switchdrill.clock import NS_PER_S, now_ns

FULL_PER_S = 400
"""What an origin of this platform is meant for: two hundred viewers, each asking twice a second."""


def per_s(left: str) -> int:
    """`5%` of what it is meant for."""
    return max(1, FULL_PER_S * int(left.removesuffix("%")) // 100)


class Throttle:
    """Counts, second by second."""

    def __init__(self, left: Callable[[], str]) -> None:
        """`left` says what is left of it: `5%`; nothing: no limit."""
        self._left = left
        self._second = 0
        self._passed = 0

    def lets_pass(self) -> bool:
        left = self._left()
        if not left:
            return True
        second = now_ns() // NS_PER_S
        if second != self._second:
            self._second, self._passed = second, 0
        self._passed += 1
        return self._passed <= per_s(left)
