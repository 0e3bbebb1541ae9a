"""What an author writes into a fault: said at once, with the fault's name, when it can't be right."""

from collections.abc import Sequence

from switchdrill.errors import BadInput
from switchdrill.text import _


def refuse_empty(fault: object, **given: object) -> None:
    """BadInput for a parameter that is no name, or pattern of names."""
    for name, value in given.items():
        if not isinstance(value, str) or not value:
            raise BadInput(
                _("{fault}: {name} must be a name, not {value!r}").format(
                    fault=type(fault).__name__, name=name, value=value
                )
            )


def refuse_unknown(fault: object, name: str, value: object, known: Sequence[str]) -> None:
    """BadInput when a parameter is none of the words that it may be."""
    if not isinstance(value, str) or value not in known:
        raise BadInput(
            _("{fault}: {name} must be one of {known}, not {value!r}").format(
                fault=type(fault).__name__, name=name, known=", ".join(known), value=value
            )
        )
