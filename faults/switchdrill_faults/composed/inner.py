"""What a composed fault is made of, as data in its undos: each inner undo, and the fault that it is of."""

from collections.abc import Callable, Sequence
from dataclasses import fields

from pydantic import BaseModel, ConfigDict

from switchdrill.errors import Refused
from switchdrill.fault import Fault, catalogue
from switchdrill.text import _
from switchdrill.undo import Fact, Undo


class Part(BaseModel):
    """One inner fault, made again from this wherever it is needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    parameters: dict[str, str | int | float | bool]

    def made(self) -> Fault:
        make: Callable[..., Fault] = catalogue()[self.kind]
        return make(**self.parameters)


class Held(BaseModel):
    """One inner undo, and whose it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Part
    undo: Undo


Planned = Sequence[tuple[Fault, Sequence[Undo]]]
"""Faults, each with the undos that it planned."""


def by_target(kind: str, planned: Planned, *, where: str) -> list[Undo]:
    """One undo for each target, whatever befalls it. Refused when one kind of fault would befall it twice."""
    found: dict[str, list[Held]] = {}
    for fault, undos in planned:
        for undo in undos:
            held = found.setdefault(undo.target, [])
            if any(each.part.kind == fault.kind for each in held):
                raise Refused(
                    _("{target} would be broken twice by {kind}").format(target=undo.target, kind=fault.kind),
                    where=where,
                )
            held.append(Held(part=_part_of(fault), undo=undo))
    return [_around(kind, target, held) for target, held in found.items()]


def as_one(kind: str, target: str, planned: Planned) -> Undo:
    """All of it in one undo: what comes home together."""
    held = [Held(part=_part_of(fault), undo=undo) for fault, undos in planned for undo in undos]
    also = list(dict.fromkeys(each.undo.target for each in held))
    return _around(kind, target, held).model_copy(update={"also": also})


def of(undo: Undo) -> list[Held]:
    """In the order in which they were broken."""
    return [Held.model_validate_json(each) for each in undo.words("inner")]


def by_part(undos: Sequence[Undo]) -> list[tuple[Fault, list[Undo]]]:
    """Each inner fault with its own undos, in the order in which they were planned."""
    found: dict[str, tuple[Fault, list[Undo]]] = {}
    for undo in undos:
        for held in of(undo):
            part = found.setdefault(held.part.model_dump_json(), (held.part.made(), []))
            part[1].append(held.undo)
    return list(found.values())


def around(undos: Sequence[Undo], one: Undo) -> Undo:
    """The undo that has this inner one in it, however strong it is by now."""
    named = (one.kind, one.target)
    return next(undo for undo in undos if any((held.undo.kind, held.undo.target) == named for held in of(undo)))


def _part_of(fault: Fault) -> Part:
    named = {each.name: getattr(fault, each.name) for each in fields(fault)}  # type: ignore[arg-type]  # a dataclass
    return Part(kind=fault.kind, parameters=named)


def _around(kind: str, target: str, held: Sequence[Held]) -> Undo:
    undos = [each.undo for each in held]
    facts: dict[str, Fact] = {"inner": [each.model_dump_json() for each in held]}
    return Undo(
        kind=kind,
        target=target,
        says="; ".join(dict.fromkeys(each.says for each in reversed(undos))),
        mechanism=", ".join(dict.fromkeys(each.mechanism for each in undos if each.mechanism)),
        facts=facts,
        heal_limit_s=sum(each.heal_limit_s for each in undos),
    )
