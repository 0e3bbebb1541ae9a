"""A fault of one service, whatever runs it: what they have in common is its name, its undo, its way home."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import Refused
from switchdrill.platform.model import Platform
from switchdrill.platform.service import Service
from switchdrill.record.plan import PlannedEffect
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.parameter import refuse_empty
from switchdrill_faults.services.hold import grasp, held

WITHIN_S = 15.0


def file_of_ours(platform: Platform, *of: str) -> str:
    """The name of a file that nobody else's drill, and no other fault, makes."""
    whose = "\0".join((platform.id, str(platform.state), *of))
    return f".switchdrill-{hashlib.sha256(whose.encode()).hexdigest()[:12]}"


def told_home(undo: Undo, did: str, home: str) -> str:
    """What healing did beside bringing the service home, and that, in one sentence."""
    is_whole = home.startswith("was whole")
    return f"{undo.target} {did if did and is_whole else f'{did}; it {home}' if did else home}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFault:
    """Healed into a service that runs and is ready."""

    kind: ClassVar[str]
    needs: ClassVar[str] = marked("a container of the platform's file, or a program that switchdrill started")
    verb: ClassVar[str]
    """Of the mechanism: `kill`."""

    service: str
    """Its name; its site may be a role: `primary.postgres`."""

    def __post_init__(self) -> None:
        refuse_empty(self, service=self.service)

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo. Refused, with the reason, when there is no such service, or nobody may touch what runs it."""
        service = self.named(platform)
        way = grasp(service, platform, where=self.where())
        undo = Undo(
            kind=self.kind,
            target=f"service {service.name}",
            says=way.says,
            mechanism=way.by.format(verb=self.verb),
            facts={"service": service.name, **way.facts},
            heal_limit_s=way.heal_limit_s,
        )
        return [self.detailed(undo, platform)]

    def detailed(self, undo: Undo, platform: Platform) -> Undo:  # noqa: ARG002  # for those that have more to say
        """The undo, with what this fault changes. Refused, with the reason, when that can't be changed here."""
        return undo

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """No site's probes need see it: the mechanism's own state and the service's client are the proof."""
        return PlannedEffect(site="", outcomes=[], within_s=WITHIN_S)

    @staticmethod
    def heal(undo: Undo) -> str:
        """Kill it when it is frozen, start it when it does not run, wait until it is ready. CouldNotHeal.

        It is never woken: it would do what clients long gone had asked.
        """
        return f"{undo.target} {held(undo).come_home()}"

    def named(self, platform: Platform) -> Service:
        """Refused, with those that are there, when it is none of them."""
        wanted = platform.in_site_names(self.service)
        by_name = {service.name: service for service in platform.services}
        if wanted not in by_name:
            raise Refused(
                _("there is no service {name}").format(name=wanted),
                where=self.where(),
                because=_("there are {services}").format(services=", ".join(by_name) or "-"),
            )
        return by_name[wanted]

    def where(self) -> str:
        """For messages."""
        return f"{type(self).__name__}(service={self.service!r})"
