"""The images that a platform of ours needs: made by its own program, which also knows when one is out of date."""

import sys
import threading
from pathlib import Path

from switchdrill.containers.engine import reach
from switchdrill.containers.project import Project
from switchdrill.errors import CouldNotStart
from switchdrill.machine.command import run
from switchdrill.platform.model import Platform
from switchdrill.platform.service import Service
from switchdrill.text import _

LIMIT_S = 900.0
"""For a slow line: some hundred megabytes of packages."""
TELL_AFTER_S = 2.0


def provide_images(platform: Platform, project: Project) -> Platform:
    """`platform` with the id of every container's image; those that are missing, or are not what their recipe says any
    more, are made, and that is said on stderr.

    CouldNotStart: nothing says how to make one, or its program failed.
    """
    docker = platform.docker
    if docker is None:
        return platform
    engine = reach(docker.endpoint())
    for image in sorted({service.image for service in project.compose.services.values()}):
        if engine.image_id(image) and not docker.image:
            continue
        if not docker.image:
            raise CouldNotStart(
                _("image {image} is missing").format(image=image),
                where=engine.endpoint.resolved(),
                now=_("pull or build it, or say how in `docker.image` of the platform's file"),
            )
        _make(image, docker.image)
        if not engine.image_id(image):
            raise CouldNotStart(
                _("image {image} is still missing").format(image=image),
                where=" ".join(docker.image),
                because=_("the program that makes it ended well, and made something else"),
            )
    ids = {name: engine.image_id(name) for name in {service.image for service in project.compose.services.values()}}
    return platform.model_copy(update={"services": [_with_id(each, ids) for each in platform.services]})


def _make(image: str, argv: list[str]) -> None:
    """Its program is asked each time: one that is as it should be takes no time, and nothing is said."""
    teller = threading.Timer(TELL_AFTER_S, _tell, [image])
    teller.daemon = True
    teller.start()
    try:
        ran = run([*argv, image], limit_s=LIMIT_S, cwd=Path.cwd())
    except OSError as problem:
        raise CouldNotStart(
            _("image {image} could not be made").format(image=image), where=" ".join(argv), because=problem.strerror
        ) from problem
    finally:
        teller.cancel()
    if not ran.is_fine:
        raise CouldNotStart(
            _("image {image} could not be made").format(image=image),
            where=" ".join(argv),
            because="\n".join(ran.said.strip().splitlines()[-12:])
            if ran.code is not None
            else _("not done within {limit:g} s").format(limit=LIMIT_S),
        )


def _tell(image: str) -> None:
    said = _("image {image} is missing, or its recipe has changed; it is made now, which takes a minute or two")
    sys.stderr.write(said.format(image=image) + "\n")
    sys.stderr.flush()


def _with_id(service: Service, ids: dict[str, str]) -> Service:
    container = service.container
    if container is None or container.placed is None:
        return service
    placed = container.placed.model_copy(update={"image_id": ids.get(container.placed.image, "")})
    return service.model_copy(update={"container": container.model_copy(update={"placed": placed})})
