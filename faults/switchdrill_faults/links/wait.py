"""How long packets are held back, as people write it: `50ms`."""

from switchdrill.clock import NS_PER_S
from switchdrill.duration import parse_ns
from switchdrill.errors import BadInput
from switchdrill.text import _

_LONGEST_NS = 60 * NS_PER_S
_LEAST_US = 10


def wait_ns(text: str, *, where: str, least_us: int = _LEAST_US) -> int:
    """BadInput for what is no duration, or not from `least_us` to a minute."""
    try:
        ns = parse_ns(text)
    except ValueError as problem:
        raise BadInput(str(problem), where=where) from problem
    if not least_us * 1000 <= ns <= _LONGEST_NS:
        raise BadInput(
            _("from {least} us to a minute is expected, not {text}").format(least=least_us, text=text), where=where
        )
    return ns
