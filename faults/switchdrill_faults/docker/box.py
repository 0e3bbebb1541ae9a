"""A service's container, as an undo remembers it: everything that the way home needs."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, reach
from switchdrill.containers.found import Found
from switchdrill.errors import Refused
from switchdrill.platform.model import Platform
from switchdrill.platform.service import Ready, Service
from switchdrill.text import _
from switchdrill.undo import Undo


class Box(BaseModel):
    """One container of the platform."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    name: str
    id: str = ""
    """Stays when somebody renames it; the name stays when Compose makes it anew."""
    where: Endpoint
    addresses: list[str] = []
    ready: Ready | None = None
    vanishes: bool = False
    """Docker removes it when it ends."""
    project: str = ""
    """Compose's, when we start and stop it: with its last container the platform has ended."""

    def engine(self) -> Engine:
        """NoEngine when it does not answer."""
        return reach(self.where)

    def found(self, engine: Engine) -> Found | None:
        """As it is now, also when somebody has renamed it. None: it was removed."""
        return engine.find(self.name, or_id=self.id)


def box_of(service: Service, platform: Platform) -> Box | None:
    """None when the service is no container, or was not looked up yet."""
    placed = None if service.container is None else service.container.placed
    if placed is None:
        return None
    project = platform.docker.project if placed.is_ours and platform.docker is not None else None
    return Box(
        service=service.name,
        name=placed.name,
        id=placed.id,
        where=placed.engine,
        addresses=list(placed.addresses),
        ready=service.ready,
        vanishes=placed.vanishes,
        project=project or "",
    )


def refuse_vanishing(boxes: Iterable[Box], *, where: str) -> None:
    """Refused when the way home of one, which ends it, would remove it."""
    gone = next((each for each in boxes if each.vanishes), None)
    if gone is not None:
        raise Refused(
            _("container {name} would be gone for good").format(name=gone.name),
            where=where,
            because=_("it was started with --rm: Docker removes it as soon as it ends, and healing has to end it"),
            now=_("start it without --rm, or break it by the packet path (SiteLoss fast_fail, blackhole)"),
        )


def boxes_of(site: str, platform: Platform) -> list[Box]:
    """The site's containers, in the order of the platform's services."""
    found = [box_of(service, platform) for service in platform.services if service.site == site]
    return [each for each in found if each is not None]


def write(boxes: Iterable[Box]) -> list[str]:
    """For an undo's facts."""
    return [each.model_dump_json() for each in boxes]


def read(undo: Undo) -> list[Box]:
    """The other way round; none when the undo has none."""
    return [Box.model_validate_json(text) for text in undo.words("boxes")]


def counted_as(boxes: list[Box]) -> str:
    """`2 containers (web, db)`, or the name of the only one."""
    if len(boxes) == 1:
        return boxes[0].name
    names = ", ".join(each.name for each in boxes)
    return _("{count} containers ({names})").format(count=len(boxes), names=names)
