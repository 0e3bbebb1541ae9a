"""A server out of an image that the Docker engine has."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from switchdrill.carrier import Rung
from switchdrill_faults.toxiproxy import ladder
from switchdrill_faults.toxiproxy.rung import RungFailed
from tests.toxiproxy.ladder.programs import say_nothing


@pytest.mark.needs_docker
def test_an_image_that_the_engine_has_gives_its_server(
    bare: Path, toxiproxy_rung: Rung, monkeypatch: pytest.MonkeyPatch, docker_host: str | None
) -> None:
    import docker

    if docker_host is None:
        monkeypatch.delenv("DOCKER_HOST")
    else:
        monkeypatch.setenv("DOCKER_HOST", docker_host)
    engine = docker.from_env(timeout=20)
    name = f"switchdrill-test-{os.getpid()}"
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.add(toxiproxy_rung.binary, arcname="toxiproxy")
    engine.api.import_image_from_data(tar.getvalue(), repository=name, tag="1", changes=['ENTRYPOINT ["/toxiproxy"]'])
    monkeypatch.setenv("SWITCHDRILL_TOXIPROXY_IMAGE", f"{name}:1")
    before = {container.id for container in engine.containers.list(all=True, ignore_removed=True)}
    try:
        rung = ladder.climb(say_nothing)

        assert rung.name == "Docker image"
        assert f"{name}:1" in rung.says
        assert Path(rung.binary).read_bytes() == Path(toxiproxy_rung.binary).read_bytes()
        assert {container.id for container in engine.containers.list(all=True, ignore_removed=True)} == before
    finally:
        engine.images.remove(f"{name}:1")
        engine.close()


@pytest.mark.needs_docker
def test_an_image_that_the_engine_lacks_is_not_pulled(
    bare: Path, monkeypatch: pytest.MonkeyPatch, docker_host: str | None
) -> None:
    from switchdrill_faults.toxiproxy import image

    if docker_host is None:
        monkeypatch.delenv("DOCKER_HOST")
    else:
        monkeypatch.setenv("DOCKER_HOST", docker_host)
    monkeypatch.setenv(image.IMAGE, "switchdrill-never-made:1")

    with pytest.raises(RungFailed, match="does not have switchdrill-never-made:1"):
        image.copy_out(bare, say_nothing)
