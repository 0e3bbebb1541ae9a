"""A service's container, as an undo remembers it: everything that the way home needs."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, reach
from switchdrill.containers.found import Found
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
        where=_itself(placed.engine),
        addresses=list(placed.addresses),
        ready=service.ready,
        project=project or "",
    )


def _itself(endpoint: Endpoint) -> Endpoint:
    """The engine that is meant here and now: whoever heals may have another DOCKER_HOST, and another folder."""
    return Endpoint(url=endpoint.resolved(), tls=str(Path(endpoint.tls).absolute()) if endpoint.tls else "")


def boxes_of(site: str, platform: Platform) -> list[Box]:
    """The site's containers, in the order of the platform's services."""
    found = [box_of(service, platform) for service in platform.services if service.site == site]
    return [each for each in found if each is not None]


def write(boxes: Iterable[Box]) -> list[str]:
    """For an undo's facts."""
    return [each.model_dump_json() for each in boxes]


def read(undo: Undo) -> list[Box]:
    """The other way round; none when the undo has none."""
    texts = undo.facts.get("boxes", [])
    return [Box.model_validate_json(text) for text in texts] if isinstance(texts, list) else []


def counted_as(boxes: list[Box]) -> str:
    """`6 containers`, or the name of the only one."""
    return boxes[0].name if len(boxes) == 1 else _("{count} containers").format(count=len(boxes))
