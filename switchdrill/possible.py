"""What of the catalogue one platform can have, and by what: every fault planned on paper, with its own parts.

Nothing is touched: a plan is data, and the engine is only asked what is there.
"""

import re
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields
from itertools import product

from switchdrill import yamlfile
from switchdrill.containers.connection import NoEngine
from switchdrill.containers.engine import reach
from switchdrill.errors import SwitchdrillError
from switchdrill.fault import EXAMPLE, Fault
from switchdrill.platform.find import filled, find_file, running_file
from switchdrill.platform.mapped import engines_of, has_containers, mapped, project_of
from switchdrill.platform.model import Platform
from switchdrill.platform.net import MADE_UP
from switchdrill.state import state_home
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one fault, of one shape, comes to on some parts of the platform."""

    is_possible: bool
    how: str
    """`shape=stall`; empty when it has no shapes."""
    said: str
    """The mechanism, or why not."""
    parts: tuple[str, ...]
    """Names of sites, links, lines, operators or services."""

    def told(self) -> str:
        what = _("possible") if self.is_possible else _("not possible")
        how = f" ({self.how})" if self.how else ""
        by = _("by {mechanism}").format(mechanism=self.said) if self.is_possible and self.said else self.said
        parts = ", ".join(self.parts)
        if self.is_possible and parts:
            return f"{what}{how}: {parts}" + (f"; {by}" if by else "")
        return f"{what}{how}: {parts}: {by}" if parts else f"{what}{how}: {by}"


def on_paper(named: str) -> Platform:
    """The platform as a run would have it, as far as can be known without starting or locking anything.

    StateUnknown when its engine hangs: every question would. One that is not there is a reason why not, and no more.
    """
    running = running_file(named)
    if running is not None:
        return _answering(yamlfile.read(running, Platform))
    file = find_file(named)
    platform = yamlfile.read(file, Platform, values={"net": MADE_UP})
    state = state_home() / "platforms" / platform.id
    platform = filled(platform, file, state)
    if not has_containers(platform):
        return platform
    return mapped(_answering(platform), project_of(platform, file, state))


def _answering(platform: Platform) -> Platform:
    for endpoint in engines_of(platform):
        with suppress(NoEngine):
            reach(endpoint)
    return platform


def answers(fault: type[Fault], platform: Platform) -> list[Answer]:
    """For every part of the platform that it could be about; what is possible first, alike ones together."""
    missing, choices = _choices(fault, platform)
    if missing:
        said = _("it needs {names}, which no platform tells").format(names=", ".join(missing))
        return [Answer(is_possible=False, how="", said=said, parts=())]
    empty = [name for name, values in choices.items() if not values]
    if empty:
        said = _("this platform has no {parts}").format(parts=", ".join(empty))
        return [Answer(is_possible=False, how="", said=said, parts=())]
    boxes = {
        service.name: service.container.placed.name
        for service in platform.services
        if service.container is not None and service.container.placed is not None
    }
    found: dict[tuple[bool, str, str], tuple[str, list[str]]] = {}
    for values in product(*choices.values()):
        chosen = dict(zip(choices, values, strict=True))
        part = "--".join(str(value) for name, value in chosen.items() if name in _PARTS)
        how = ", ".join(f"{name}={value}" for name, value in chosen.items() if name not in _PARTS)
        is_possible, said = _tried(fault, chosen, platform)
        key = (is_possible, how, _without(part, _without(boxes.get(part, ""), said)))
        found.setdefault(key, (said, []))[1].append(part)
    listed = [
        Answer(
            is_possible=key[0],
            how=key[1],
            said=said if len(parts) == 1 else key[2],
            parts=tuple(dict.fromkeys(each for each in parts if each)),
        )
        for key, (said, parts) in found.items()
    ]
    return sorted(listed, key=lambda answer: not answer.is_possible)


def notes(platform: Platform) -> Iterator[str]:
    """What holds for every fault of this platform."""
    if platform.production:
        yield _("its file says production: true, so every fault is refused; on paper this would be possible:")
    elif not platform.inject:
        yield _("its file says inject: false, so every fault is refused; on paper this would be possible:")


def packets_only(platform: Platform) -> list[str]:
    """Links that pass no Toxiproxy: those inside a site, and whatever else goes straight."""
    return [link.name for link in platform.links if not link.hops]


_PARTS: Mapping[str, Callable[[Platform], list[str]]] = {
    "site": lambda platform: [name for name, site in platform.sites.items() if site.role != "witness"],
    "link": lambda platform: [link.name for link in platform.links],
    "line": lambda platform: list(dict.fromkeys(link.line for link in platform.links if link.line is not None)),
    "operator": lambda platform: list(platform.operators),
    "service": lambda platform: [service.name for service in platform.services],
    "resolver": lambda platform: [front.resolver for front in platform.names],
}


def _choices(fault: type[Fault], platform: Platform) -> tuple[list[str], Mapping[str, Sequence[object]]]:
    """Parameters that nothing tells, and of each other one the values to be tried: parts of the platform, what is
    declared as `Literal[...]`, an example of its own. Other defaults are left as they are.
    """
    types = typing.get_type_hints(fault)
    missing: list[str] = []
    found: dict[str, Sequence[object]] = {}
    for each in fields(fault):  # type: ignore[arg-type]  # every registered fault is a dataclass
        if each.name in _PARTS:
            found[each.name] = _PARTS[each.name](platform)
        elif EXAMPLE in each.metadata:
            found[each.name] = [each.metadata[EXAMPLE]]
        elif typing.get_origin(types[each.name]) is typing.Literal:
            found[each.name] = [str(value) for value in typing.get_args(types[each.name])]
        elif each.default is MISSING and each.default_factory is MISSING:
            missing.append(each.name)
    return missing, found


def _without(part: str, said: str) -> str:
    """`said`, such that it is the same for parts that differ by their names only."""
    if not part:
        return said
    # A site may be called `a`, which is a word of its own.
    before = r"(?<=site )" if len(part) <= 2 else r"(?<![\w.-])"
    return re.sub(before + re.escape(part) + r"(?![\w-])", "*", said)


def _tried(fault: type[Fault], chosen: Mapping[str, object], platform: Platform) -> tuple[bool, str]:
    make: Callable[..., Fault] = fault
    try:
        undos = make(**chosen).plan(platform)
    except SwitchdrillError as problem:
        return False, "; ".join((problem.because or problem.what).splitlines())
    return True, ", ".join(dict.fromkeys(undo.mechanism for undo in undos if undo.mechanism))
