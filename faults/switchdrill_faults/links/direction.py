"""On which way of a link something happens: `toward` who listens, `back` to who connected, or both."""

from typing import Literal, get_args

from switchdrill.errors import BadInput
from switchdrill.text import _

Direction = Literal["both", "toward", "back"]

_STREAMS: dict[str, tuple[str, ...]] = {
    "both": ("upstream", "downstream"),
    "toward": ("upstream",),
    "back": ("downstream",),
}


def streams(direction: Direction, *, where: str) -> tuple[str, ...]:
    """Toxiproxy's names; BadInput for another word."""
    if not isinstance(direction, str) or direction not in _STREAMS:
        raise BadInput(
            _("the directions are {known}, not {direction!r}").format(
                known=", ".join(get_args(Direction)), direction=direction
            ),
            where=where,
        )
    return _STREAMS[direction]
