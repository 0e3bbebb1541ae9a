"""A fault that is made of other faults: planned, made, proven, kept and healed as all of them together."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotHeal, DeadlinePassed, Refused, SwitchdrillError
from switchdrill.fault import Counted, Fault, PutBack, Upkeep, catalogue
from switchdrill.platform.model import Platform
from switchdrill.record.plan import PlannedEffect
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.composed import inner

_AT_ONCE = 8
_PROVEN_WITHIN_S = 3.0
_LOOK_S = 0.1
_PROVEN: dict[str, Counted] = {}
"""What each part has shown in this process while nothing else had befallen its target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedFault(ABC):
    """What it is made of is asked once, for the plan; from then on it stands in the undos."""

    kind: ClassVar[str]

    @abstractmethod
    def parts(self, platform: Platform) -> Sequence[Fault]:
        """In the order in which they are made. Refused, with the reason, when this platform has nothing to break."""

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for each target. What one part refuses the whole refuses, and says which part."""
        return inner.by_target(self.kind, self.planned(platform), where=repr(self))

    def inject(self, undos: Sequence[Undo]) -> None:
        """Side by side. Of two that befall one target the second is made when the first is proven, or 3 s later: made
        together neither could be told from the other.
        """
        parts = inner.by_part(undos)
        for part, theirs in parts:
            _PROVEN.pop(_key(part, theirs), None)
        rounds = _apart(parts)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for number, together in enumerate(rounds, start=1):
                begun = [pool.submit(part.inject, theirs) for part, theirs in together]
                for each in begun:
                    each.result()
                if number < len(rounds):
                    _prove(together)

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:
        """What the first of them shows on a site; else what all of them count."""
        effects = [part.effect(theirs) for part, theirs in inner.by_part(undos)]
        first = next((each for each in effects if each.outcomes), effects[0])
        return first.model_copy(update={"within_s": max(each.within_s for each in effects)})

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Every part by its own proof; what has shown none yet is stirred, so that the next look may find one."""
        found = [(proof(part, theirs) or part.counted(theirs), theirs) for part, theirs in inner.by_part(undos)]
        for one, theirs in found:
            if not one.ok:
                self.stir(theirs)
        return Counted(ok=all(one.ok for one, _ in found), said="; ".join(dict.fromkeys(one.said for one, _ in found)))

    def stir(self, undos: Sequence[Undo]) -> None:  # noqa: B027  # most parts are used by others anyway
        """Bring about what a part's proof counts."""

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """As each part does it."""
        backs = [
            back for part, theirs in inner.by_part(undos) if isinstance(part, Upkeep) for back in part.keep(theirs)
        ]
        return [replace(back, undo=inner.around(undos, back.undo)) for back in backs]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Each part as it heals itself, the last one first; all are tried. CouldNotHeal."""
        return heal_parts(undo)

    def planned(self, platform: Platform) -> inner.Planned:
        """Each part with its own undos."""
        return [(part, self._undos_of(part, platform)) for part in self.parts(platform)]

    def _undos_of(self, part: Fault, platform: Platform) -> Sequence[Undo]:
        try:
            return part.plan(platform)
        except Refused as problem:
            raise Refused(
                problem.what,
                where=_("{fault}, made of {part}").format(fault=repr(self), part=problem.where or repr(part)),
                because=problem.because,
                now=problem.now,
            ) from problem


def heal_parts(undo: Undo) -> str:
    """After all were tried: CouldNotHeal, or what the only problem was."""
    said: list[str] = []
    problems: list[Exception] = []
    for held in reversed(inner.of(undo)):
        try:
            said.append(catalogue()[held.undo.kind].heal(held.undo))
        except Exception as problem:  # one part that is broken must not keep the others from being healed
            problems.append(problem)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise CouldNotHeal(
            _("{target} could not be healed of {count} faults").format(target=undo.target, count=len(problems)),
            because="\n".join(_in_a_line(each) for each in problems),
            now=next((each.now for each in problems if isinstance(each, SwitchdrillError) and each.now), None),
        )
    return "; ".join(said)


def _in_a_line(problem: Exception) -> str:
    return problem.in_a_line() if isinstance(problem, SwitchdrillError) else f"{type(problem).__name__}: {problem}"


def _prove(together: Sequence[tuple[Fault, list[Undo]]]) -> None:
    """What is proven now stands, whatever else befalls its target afterwards."""

    def is_proven() -> bool:
        found = [(_key(part, undos), part.counted(undos)) for part, undos in together]
        _PROVEN.update({key: counted for key, counted in found if counted.ok})
        return all(counted.ok for _key, counted in found)

    with suppress(DeadlinePassed):
        wait_until(is_proven, within_s=_PROVEN_WITHIN_S, every_s=_LOOK_S, what=_("the effect of one fault of several"))


def proof(part: Fault, undos: Sequence[Undo]) -> Counted | None:
    """What a part has shown before anything else befell its target; None: nothing yet, or nothing else has."""
    return _PROVEN.get(_key(part, undos))


def _key(part: Fault, undos: Sequence[Undo]) -> str:
    return repr(part) + "".join(undo.model_dump_json() for undo in undos)


def _apart(parts: Sequence[tuple[Fault, list[Undo]]]) -> list[list[tuple[Fault, list[Undo]]]]:
    """In rounds, so that in one round no target is changed by two."""
    rounds: list[list[tuple[Fault, list[Undo]]]] = []
    for part in parts:
        targets = {undo.target for undo in part[1]}
        is_free = rounds and not any(undo.target in targets for _other, theirs in rounds[-1] for undo in theirs)
        if is_free:
            rounds[-1].append(part)
        else:
            rounds.append([part])
    return rounds
