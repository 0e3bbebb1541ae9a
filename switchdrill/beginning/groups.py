"""Containers that seem to belong together: a Compose project; of all others those that share a network.

One without any network is told by what it writes: it belongs to those who see a folder of its own.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from switchdrill.containers.found import Found

_EVERYBODYS = {"bridge", "host", "none"}
"""Where a container is that was told nothing: being there together says nothing."""
_NO_NETWORK = {"none"}
_OF_THE_MACHINE = re.compile(r"/|/(etc|proc|sys|dev|run|var/run)(/.*)?")
"""Clocks, sockets, devices: what anybody's container sees says nothing of whom it belongs to."""
_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some containers, and how `switchdrill init` is told to take these and no others."""

    option: str
    """`--project tv`, `--name tv-`, `--name web --name db`, `--project tv --name encoder`."""
    members: tuple[str, ...]
    """Names that people know."""

    def says(self) -> str:
        shown = ", ".join(self.members[:_SHOWN]) + (", ..." if len(self.members) > _SHOWN else "")
        return f"{self.option} ({shown})"


def groups(seen: Sequence[Found]) -> list[Group]:
    """In the order of their first names. One group: nothing speaks against one platform."""
    return [
        Group(
            option=_option(those, others=[each for each in seen if each not in those]),
            members=tuple(each.called for each in those),
        )
        for those in sorted(_connected(seen), key=lambda those: those[0].name)
    ]


def shared_beginning(names: Iterable[str]) -> str:
    """`tv-` of tv-web and tv-db: up to the last mark between words; of one name nothing is shared."""
    several = list(names)
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*several, strict=False))
    return re.sub(r"[^-_.]*$", "", "".join(letters[0] for letters in alike)) if len(several) > 1 else ""


def _connected(seen: Sequence[Found]) -> list[list[Found]]:
    """Who has a tie with whom, over others, too; who has none is with all others who have none."""
    shared = _shared_folders(seen)
    parts: list[set[str]] = []
    for each in seen:
        own = _ties(each, shared)
        touched = [part for part in parts if part & own]
        parts = [part for part in parts if not part & own]
        parts.append(own.union(*touched))
    return [[each for each in seen if _ties(each, shared) & part] for part in parts]


def _ties(seen: Found, shared: frozenset[str]) -> set[str]:
    """What holds it to others: its project, else its own networks, else nothing; and shared folders beside."""
    folders = {f"folder {each}" for each in seen.folders & shared}
    if seen.compose_project:
        return {f"project {seen.compose_project}"} | folders
    if seen.network_names <= _NO_NETWORK and folders:
        return folders
    return ({f"network {each}" for each in seen.network_names - _EVERYBODYS} or {""}) | folders


def _shared_folders(seen: Sequence[Found]) -> frozenset[str]:
    """Folders in which a container without a network meets another; of all others a folder says nothing."""
    counted = Counter(folder for each in seen for folder in each.folders)
    lonely = [each for each in seen if not each.compose_project and each.network_names <= _NO_NETWORK]
    own = {folder for each in lonely for folder in each.folders if not _OF_THE_MACHINE.fullmatch(folder)}
    return frozenset(folder for folder in own if counted[folder] > 1)


def _option(those: Sequence[Found], *, others: Sequence[Found]) -> str:
    """A project by its name, and whoever is of none by his own."""
    projects = dict.fromkeys(each.compose_project for each in those if each.compose_project)
    plain = [each for each in those if not each.compose_project]
    options = [f"--project {name}" for name in projects]
    return " ".join([*options, _by_name(plain, others=others)] if plain else options)


def _by_name(those: Sequence[Found], *, others: Sequence[Found]) -> str:
    begins = shared_beginning(each.name for each in those)
    if begins and not any(each.name.startswith(begins) for each in others):
        return f"--name {begins}"
    return " ".join(f"--name {each.name}" for each in those)
