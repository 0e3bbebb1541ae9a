"""Our relay as a mechanism: rules are laid and lifted by a word to its control address."""

import socket
from collections.abc import Sequence

from pydantic import ValidationError

from switchdrill.errors import CouldNotStart
from switchdrill.platform.address import split_endpoint
from switchdrill.text import _
from switchdrill_faults.names.rule import Rule
from switchdrill_faults.names.words import Command, Told

_WITHIN_S = 0.8
"""It answers within a millisecond, and healing has a second."""


class NotTold(CouldNotStart):
    """Whoever disturbs names did not do as it was told, or does not answer."""


def lay(control: str, rules: Sequence[Rule]) -> None:
    """Those that are there stay as they are. NotTold."""
    if _tell(control, Command(do="lay", rules=list(rules))) is None:
        raise NotTold(_("nobody listens where the relay is told what to do"), where=control)


def lift(control: str, ids: Sequence[str]) -> dict[str, int]:
    """Fine when they are gone, or the relay is; as `hits` afterwards. NotTold."""
    return _met(_tell(control, Command(do="lift", ids=list(ids))))


def hits(control: str) -> dict[str, int] | None:
    """How many questions met each rule that is laid; None: the relay is gone, and every rule with it. NotTold."""
    told = _tell(control, Command(do="show"))
    return None if told is None else _met(told)


def _met(told: Told | None) -> dict[str, int]:
    return {} if told is None else {met.rule.id: met.hits for met in told.laid}


def _tell(control: str, command: Command) -> Told | None:
    try:
        with socket.create_connection(split_endpoint(control), timeout=_WITHIN_S) as connection:
            connection.sendall(command.model_dump_json().encode() + b"\n")
            with connection.makefile("rb") as lines:
                told = Told.model_validate_json(lines.readline())
    except ConnectionRefusedError:
        return None
    except (OSError, ValidationError) as problem:
        raise NotTold(
            _("the relay does not answer where it is told what to do"), where=control, because=str(problem)
        ) from problem
    if told.problem:
        raise NotTold(_("the relay did not do as it was told"), where=control, because=told.problem)
    return told
