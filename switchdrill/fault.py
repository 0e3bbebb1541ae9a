"""What a fault is, and how faults are found.

A fault is a frozen, keyword-only dataclass in a module of its own. `plan` is the only method that sees the platform;
everything after it works from the undos alone, so that a healer can play them when the tool that broke it is dead.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import ClassVar, Protocol, cast, runtime_checkable

from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.text import _
from switchdrill.undo import Undo

EXAMPLE = "example"
"""Key in the metadata of a parameter that is no part of a platform: what it may be, for people who ask what is
possible. One that has no default, and is no Literal, needs it."""
_VERBS = ("plan", "inject", "effect", "counted", "heal", "legend")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the mechanism itself shows of its effect: packets that met a rule, a process that is gone."""

    ok: bool
    said: str
    """In one line: `412 packets dropped`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """A rule that had gone, and acts again."""

    undo: Undo
    target: str
    gone_ns: tuple[int, int]
    """Last seen there, first seen gone."""
    again_ns: int
    said: str


class Fault(Protocol):
    """The shape of every fault; see `switchdrill_faults.site_loss` for one."""

    kind: ClassVar[str]
    legend: ClassVar[Legend]

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """What would be broken and how it comes home; Refused, with the reason, when this platform can't have it."""
        ...

    def inject(self, undos: Sequence[Undo]) -> None:
        """Break it. The undos are on disk already."""
        ...

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:
        """What an independent probe must see on that very target, or the fault hit nothing."""
        ...

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """What the mechanism itself counted until now. Asked again and again until it is ok, or the effect's time is
        over. A mechanism that is seen by probes alone answers ok, and says so.
        """
        ...

    @staticmethod
    def heal(undo: Undo) -> str:
        """Take it back, from the undo alone; fine to play twice. Says what was done.

        Raises CouldNotHeal when it is not proven whole again.
        """
        ...


@runtime_checkable
class Upkeep(Protocol):
    """A fault whose rule may go under it: a container that is started anew has lost what was laid in its namespace."""

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """Look, and put back what has gone; asked several times a second while it is broken, never once it is healed.

        Raises SwitchdrillError when what has gone can't be put back.
        """
        ...


@runtime_checkable
class Demanding(Protocol):
    """A fault that not every machine can have, whatever the platform."""

    @staticmethod
    def on_this_machine() -> str:
        """Why it can't be had here, or what is not known of it; empty: neither."""
        ...


@runtime_checkable
class Needing(Protocol):
    """A fault that says what a platform, or the machine, must have for it."""

    needs: ClassVar[str]


def parameters(fault: Fault) -> dict[str, str]:
    """A fault's own parameters, as text for records."""
    if not is_dataclass(fault):
        return {}
    return {each.name: str(getattr(fault, each.name)) for each in fields(fault)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One change of a fault that varies in time."""

    after_ns: int
    """Since the fault was made."""
    state: str
    """What it is turned to, in the fault's own words: `open`, `closed`, `120ms`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a fault turns to what, as data: it stands in the plan before anything is touched."""

    turns: Sequence[Turn]
    """In the order of time."""
    period_ns: int = 0
    """After this it begins anew, for as long as it is broken. 0: it is played once."""

    def __post_init__(self) -> None:
        """ValueError when it can't be played."""
        instants = [turn.after_ns for turn in self.turns]
        if not instants or instants != sorted(set(instants)) or instants[0] < 0:
            raise ValueError("turns at distinct instants, in their order, are expected")
        if self.period_ns and instants[-1] >= self.period_ns:
            raise ValueError("a turn lies beyond the period")

    def turn(self, number: int) -> Turn | None:
        """The turn of that number, from 0 on, across periods; None: it has been played to its end."""
        round_, place = divmod(number, len(self.turns))
        if round_ and not self.period_ns:
            return None
        turn = self.turns[place]
        return Turn(after_ns=turn.after_ns + round_ * self.period_ns, state=turn.state)


@runtime_checkable
class Varying(Protocol):
    """A fault that varies in time. It acts from `inject` on; its turns come after that."""

    def schedule(self) -> Schedule: ...

    def turn(self, undos: Sequence[Undo], state: str) -> None:
        """Change it to `state`. Played under the heal lock, and never once an undo was closed.

        Raises SwitchdrillError when that can't be done.
        """
        ...


@cache
def catalogue() -> dict[str, type[Fault]]:
    """Every registered fault by its kind. BadInput when two share one."""
    found: dict[str, type[Fault]] = {}
    for point in entry_points(group="switchdrill.faults"):
        package = importlib.import_module(point.value)
        names = [info.name for info in pkgutil.iter_modules(package.__path__) if not info.ispkg]
        for name in sorted(names):
            module = importlib.import_module(f"{point.value}.{name}")
            for each in vars(module).values():
                if not (isinstance(each, type) and each.__module__ == module.__name__ and is_dataclass(each)):
                    continue
                kind = getattr(each, "kind", None)
                if not isinstance(kind, str) or not all(hasattr(each, verb) for verb in _VERBS):
                    continue
                if kind in found:
                    raise BadInput(_("two faults are called {kind!r}").format(kind=kind))
                found[kind] = cast(type[Fault], each)
    return found
