"""The rung that takes the server out of a Docker image which the engine has already; it never pulls.

The binary in the image is static, so it runs as a plain process, and everything after this file knows one kind of
server. The container is created, never started, and removed.
"""

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.text import _
from switchdrill_faults.toxiproxy.rung import RungFailed, Say, one_line

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image

IMAGE = "SWITCHDRILL_TOXIPROXY_IMAGE"
PINNED = "ghcr.io/shopify/toxiproxy@sha256:9378ed52a28bc50edc1350f936f518f31fa95f0d15917d6eb40b8e376d1a214e"
"""The index of 2.12.0."""

_INSIDE = "/toxiproxy"
_TIMEOUT_S = 5
_WHOLE_S = 60.0
_LARGEST_BYTES = 128_000_000


def copy_out(work: Path, say: Say) -> tuple[Path, str]:
    """The server out of the image, in `work`, and its origin. RungFailed without an engine, or the image in it."""
    if os.environ.get("DOCKER_HOST", "").startswith("ssh:"):
        raise RungFailed(_("the Docker engine is on another machine"))
    import docker  # slow to import, and seldom needed
    import docker.errors
    from requests.exceptions import RequestException

    reference = os.environ.get(IMAGE) or PINNED
    try:
        engine = docker.from_env(timeout=_TIMEOUT_S)
    except docker.errors.DockerException as problem:
        raise RungFailed(_("no Docker engine answers: {why}").format(why=one_line(problem, limit=120))) from problem
    try:
        image = engine.images.get(reference)
        say(_("copying the server out of the Docker image {image} ...").format(image=reference))
        return _extract(engine, image, work), f"copied out of {reference}"
    except docker.errors.ImageNotFound as problem:
        raise RungFailed(_("the Docker engine does not have {image}").format(image=reference)) from problem
    except (docker.errors.DockerException, RequestException, tarfile.TarError) as problem:
        raise RungFailed(one_line(problem)) from problem
    finally:
        engine.close()


def _extract(engine: "DockerClient", image: "Image", work: Path) -> Path:
    archive = work / "image.tar"
    target = work / "toxiproxy-server"
    container = engine.containers.create(image, labels={"switchdrill": "toxiproxy-binary"}, network_disabled=True)
    try:
        chunks, _facts = container.get_archive(_INSIDE)
        _save(chunks, archive)
    finally:
        container.remove(force=True)
    with tarfile.open(archive) as tar:
        member = next((each for each in tar if each.isfile()), None)
        content = None if member is None else tar.extractfile(member)
        if content is None:
            raise RungFailed(_("{path} is no file in the image").format(path=_INSIDE))
        with content, target.open("wb") as file:
            shutil.copyfileobj(content, file)
    return target


def _save(chunks: Iterator[bytes], archive: Path) -> None:
    deadline = now_ns() + int(_WHOLE_S * NS_PER_S)
    size = 0
    with archive.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > _LARGEST_BYTES or now_ns() > deadline:
                raise RungFailed(_("the file in the image is too large or comes too slowly; gave up"))
            file.write(chunk)
