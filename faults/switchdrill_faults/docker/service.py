"""A service that is a container, as a fault means it: found, broken, brought back, seen by its client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.containers.found import Found
from switchdrill.errors import BadInput, Refused, SwitchdrillError
from switchdrill.fault import Counted
from switchdrill.platform.model import Platform
from switchdrill.platform.ready import is_ready
from switchdrill.record.plan import PlannedEffect
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.docker import box, breaking, home
from switchdrill_faults.docker.box import Box, box_of

GRACE_S = 10
"""Docker's own: between being asked to end and being killed."""
WITHIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFault:
    """What the faults of one service have in common: its name, its undo, its way home."""

    kind: ClassVar[str]
    verb: ClassVar[str]
    """Docker's own."""

    service: str
    """Its name; its site may be a role: `primary.postgres`."""

    def __post_init__(self) -> None:
        if not isinstance(self.service, str) or not self.service:
            raise BadInput(
                _("{fault}: service must be a name, not {value!r}").format(
                    fault=type(self).__name__, value=self.service
                )
            )

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo. Refused, with the reason, when there is no such service, or it is no container."""
        where = f"{type(self).__name__}(service={self.service!r})"
        found = _box(self.service, platform, where=where)
        box.refuse_vanishing([found], where=where)
        return [
            Undo(
                kind=self.kind,
                target=f"service {found.service}",
                says=f"makes sure that container {found.name} runs, and waits until it is ready",
                mechanism=f"docker {self.verb} of {found.name}",
                facts={"service": found.service, "boxes": box.write([found]), "started": _started(found)},
                heal_limit_s=home.limit_s([found]),
            )
        ]

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """No site's probes need see it: the engine's own state and the service's client are the proof."""
        return PlannedEffect(site="", outcomes=[], within_s=WITHIN_S)

    @staticmethod
    def heal(undo: Undo) -> str:
        """Kill it when it is frozen, start it when it does not run, wait until it is ready. CouldNotHeal.

        It is never woken: it would do what clients long gone had asked.
        """
        boxes = box.read(undo)
        if home.is_gone_with_its_platform(boxes):
            return f"{undo.target} ended with its platform"
        killed, started = home.kill_frozen(boxes), home.start(boxes)
        home.wait_until_whole(boxes)
        did = (["killed while frozen"] if killed else []) + (["started", *started[1:]] if started else [])
        return f"{undo.target} " + (f"was {' and '.join(did)}, and is ready" if did else "was whole; nothing was done")


def is_away(undo: Undo, *states: str, and_deaf: bool) -> Counted:
    """Whether the engine tells one of `states`, and, with `and_deaf`, the service's own sign is gone as well."""
    one = box.read(undo)[0]
    found = breaking.states([one])[one.name]
    told = "gone" if found is None else found.state
    asks = and_deaf and one.ready is not None
    answers = asks and one.ready is not None and is_ready(one.ready)
    heard = ("; its client is answered" if answers else "; its client is not answered") if asks else ""
    return Counted(ok=told in states and not answers, said=f"{one.name} is {told}{heard}")


def was_started_anew(undo: Undo) -> Counted:
    """Whether it runs since another instant than before."""
    one = box.read(undo)[0]
    found = breaking.states([one])[one.name]
    told = "gone" if found is None else f"{found.state} since {found.started}"
    before = str(undo.facts["started"])
    return Counted(
        ok=found is not None and found.state == "running" and bool(before) and found.started != before,
        said=f"{one.name} is {told}, before since {before or 'nobody knows'}",
    )


def _box(name: str, platform: Platform, where: str) -> Box:
    wanted = platform.in_site_names(name)
    by_name = {service.name: service for service in platform.services}
    service = by_name.get(wanted)
    if service is None:
        raise Refused(
            _("there is no service {name}").format(name=wanted),
            where=where,
            because=_("there are {services}").format(services=", ".join(by_name) or "-"),
        )
    found = box_of(service, platform)
    if found is None:
        raise Refused(
            _("service {name} can't be broken with Docker").format(name=wanted),
            where=where,
            because=_("it is no container")
            if service.container is None
            else _("its container was not looked up: {container}").format(container=service.container.says()),
            now=_("say in the platform's file which container it is:  container: ...")
            if service.container is None
            else None,
        )
    return found


def _started(found: Box) -> str:
    """The engine's date; empty on paper, when it is not made yet."""
    try:
        states: Mapping[str, Found | None] = breaking.states([found])
    except SwitchdrillError:
        return ""
    one = states[found.name]
    return "" if one is None else one.started
