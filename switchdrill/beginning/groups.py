"""Containers that seem to belong together: one Compose project each; of all others those that share a network."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from switchdrill.containers.found import Found

_EVERYBODYS = {"bridge", "host", "none"}
"""Where a container is that was told nothing: being there together says nothing."""
_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some containers, and how `switchdrill init` is told to take these and no others."""

    option: str
    """`--project tv`, `--name tv-`, `--name web --name db`."""
    members: tuple[str, ...]
    """Names that people know."""

    def says(self) -> str:
        shown = ", ".join(self.members[:_SHOWN]) + (", ..." if len(self.members) > _SHOWN else "")
        return f"{self.option} ({shown})"


def groups(seen: Sequence[Found]) -> list[Group]:
    """In the order of their first names. One group: nothing speaks against one platform."""
    projects: dict[str, list[Found]] = defaultdict(list)
    for each in seen:
        projects[each.compose_project].append(each)
    plain = _connected(projects.pop("", []))
    found = [(f"--project {name}", those) for name, those in projects.items()]
    found += [(_by_name(those, others=[each for each in seen if each not in those]), those) for those in plain]
    return [
        Group(option=option, members=tuple(each.called for each in those))
        for option, those in sorted(found, key=lambda pair: pair[1][0].name)
    ]


def shared_beginning(names: Iterable[str]) -> str:
    """`tv-` of tv-web and tv-db: up to the last mark between words; of one name nothing is shared."""
    several = list(names)
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*several, strict=False))
    return re.sub(r"[^-_.]*$", "", "".join(letters[0] for letters in alike)) if len(several) > 1 else ""


def _connected(seen: Sequence[Found]) -> list[list[Found]]:
    """Who shares a network of his own with whom, over others, too; who has none is with all others who have none."""
    parts: list[tuple[set[str], list[Found]]] = []
    for each in seen:
        own = each.network_names - _EVERYBODYS or {""}
        touched = [part for part in parts if part[0] & own]
        parts = [part for part in parts if not part[0] & own]
        together = [*(one for _names, those in touched for one in those), each]
        parts.append((own.union(*(names for names, _those in touched)), together))
    return [those for _names, those in parts]


def _by_name(those: Sequence[Found], *, others: Sequence[Found]) -> str:
    begins = shared_beginning(each.name for each in those)
    if begins and not any(each.name.startswith(begins) for each in others):
        return f"--name {begins}"
    return " ".join(f"--name {each.name}" for each in those)
