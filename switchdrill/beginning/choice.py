"""Which of the containers that run are the platform: all, those of a Compose project, those whose names begin alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from switchdrill.beginning.groups import Group, groups
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import reach
from switchdrill.containers.found import Found
from switchdrill.containers.labels import PROJECT
from switchdrill.errors import BadInput
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody asked for; each word adds containers. Nothing asked for: all of them."""

    projects: tuple[str, ...] = ()
    """Compose's."""
    names: tuple[str, ...] = ()
    """Each a container's name or, where none is called so, what names begin with."""

    def of(self, running: Sequence[Found]) -> list[Found]:
        """Those that are meant."""
        if not self.projects and not self.names:
            return list(running)
        whole = {each.name for each in running} & set(self.names)
        begins = tuple(name for name in self.names if name not in whole)
        return [
            each
            for each in running
            if each.compose_project in self.projects or each.name in whole or each.name.startswith(begins)
        ]

    def doubts(self, taken: Sequence[Found]) -> list[Group]:
        """What looks like several platforms; whoever has said which containers are his has decided that."""
        return [] if self.projects or self.names else groups(taken)

    def says(self) -> str:
        """As it was asked for."""
        return " ".join([*(f"--project {each}" for each in self.projects), *(f"--name {each}" for each in self.names)])


def chosen(endpoint: Endpoint, choice: Choice) -> list[Found]:
    """The running containers that `choice` takes, by name, without those that switchdrill started itself.

    BadInput when there is none. NoEngine when the engine does not answer.
    """
    running = reach(endpoint).every(is_running=True)
    others = [each for each in running if PROJECT not in each.labels]
    taken = choice.of(others)
    if not taken:
        raise BadInput(
            _("no container runs there that could be drilled"),
            where=", ".join(filter(None, [endpoint.resolved(), choice.says()])),
            because=_what_runs(running, others),
            now=_("start the platform, see `docker ps`, then try again; or `switchdrill init DIR` alone"),
        )
    return taken


def _what_runs(running: Sequence[Found], others: Sequence[Found]) -> str | None:
    ours = sorted({each.labels[PROJECT] for each in running if PROJECT in each.labels})
    lines = [_("there are: {group}").format(group=each.says()) for each in groups(others)]
    lines += [_("those of {projects} are switchdrill's own").format(projects=", ".join(ours))] if ours else []
    return "\n".join(lines) or None
