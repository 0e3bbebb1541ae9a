"""A service that is a container, as a fault means it: broken, brought back, seen by its client."""

from collections.abc import Mapping

from switchdrill.containers.found import Found
from switchdrill.errors import Refused, SwitchdrillError
from switchdrill.fault import Counted, PutBack
from switchdrill.platform.model import Platform
from switchdrill.platform.service import Service
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.docker import box, breaking, home, woken
from switchdrill_faults.docker.box import Box, box_of, refuse_vanishing
from switchdrill_faults.services import sign


class ContainerService:
    """Its engine does it all."""

    def __init__(self, undo: Undo) -> None:
        self._undo = undo
        self._box = box.read(undo)[0]
        self.name = self._box.name

    @staticmethod
    def box_of(service: Service, platform: Platform, *, where: str) -> Box | None:
        """None when it is no container. Refused when that was not looked up, or would be gone for good."""
        if service.container is None:
            return None
        found = box_of(service, platform)
        if found is None:
            raise Refused(
                _("service {name} can't be broken with Docker").format(name=service.name),
                where=where,
                because=_("its container was not looked up: {container}").format(container=service.container.says()),
            )
        refuse_vanishing([found], where=where)
        return found

    @staticmethod
    def facts_of(found: Box) -> dict[str, Fact]:
        return {"boxes": box.write([found]), "started": _started(found)}

    @staticmethod
    def limit_s(found: Box) -> float:
        return home.limit_s([found])

    def kill(self) -> None:
        breaking.kill([self._box])

    def start(self) -> None:
        self._box.engine().start(self.name)

    def stop(self) -> None:
        breaking.stop([self._box], grace_s=sign.GRACE_S)

    def freeze(self) -> None:
        breaking.pause([self._box])

    def restart(self) -> None:
        breaking.restart([self._box], grace_s=sign.GRACE_S)

    def is_gone(self) -> Counted:
        """The engine's own state, and what a client of the service sees."""
        return self._is_away("exited", "gone", answered=sign.is_answered(self._box.ready))

    def is_frozen(self) -> Counted:
        """The engine's own state, and what a client sees where the sign is more than a connection."""
        return self._is_away("paused", answered=sign.is_answered(self._box.ready, more_than_a_connection=True))

    def was_started_anew(self) -> Counted:
        """Whether it runs since another instant than before."""
        found = breaking.states([self._box])[self.name]
        told = "gone" if found is None else f"{found.state} since {found.started}"
        before = str(self._undo.facts["started"])
        return Counted(
            ok=found is not None and found.state == "running" and bool(before) and found.started != before,
            said=f"{self.name} is {told}, before since {before or 'nobody knows'}",
        )

    def freeze_again(self) -> list[PutBack]:
        return woken.put_back(self._undo, "paused")

    def come_home(self) -> str:
        boxes = [self._box]
        if home.is_gone_with_its_platform(boxes):
            return "ended with its platform"
        killed, started = home.kill_frozen(boxes), home.start(boxes)
        home.wait_until_whole(boxes)
        did = (["killed while frozen"] if killed else []) + (["started", *started[1:]] if started else [])
        return f"was {' and '.join(did)}, and is ready" if did else "was whole; nothing was done"

    def _is_away(self, *states: str, answered: bool | None) -> Counted:
        found = breaking.states([self._box])[self.name]
        state = "gone" if found is None else found.state
        return Counted(ok=state in states and not answered, said=f"{self.name} is {state}{sign.told(answered)}")


def _started(found: Box) -> str:
    """The engine's date; empty on paper, when it is not made yet."""
    try:
        states: Mapping[str, Found | None] = breaking.states([found])
    except SwitchdrillError:
        return ""
    one = states[found.name]
    return "" if one is None else one.started
