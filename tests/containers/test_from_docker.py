"""`init --from-docker` and `lint` of what it wrote, with containers that really run."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchdrill import yamlfile
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, reach
from switchdrill.platform.gaps import gaps
from switchdrill.platform.model import Platform
from tests.engine.test_run_command import switchdrill
from tests.faults.boxed import make_image

pytestmark = pytest.mark.needs_docker

PROJECT = f"sdi{os.getpid()}"
IMAGE = f"{PROJECT}/haproxy"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """With three containers: one a site, and one that is switchdrill's own."""
    engine = reach(Endpoint())
    make_image(engine, IMAGE, programs=("sh", "sleep"))
    try:
        for name, ours in (("a-edge", ""), ("b-edge", ""), ("c-edge", "somebody")):
            start(engine, name, ours)
        yield engine
    finally:
        for name in ("a-edge", "b-edge", "c-edge", "twin", "run-a", "run-b"):
            engine.remove(f"{PROJECT}-{name}")
        engine.use("remove image", lambda client: client.images.remove(f"{IMAGE}:latest", force=True))


def start(engine: Engine, name: str, ours: str, *, service: str = "", project: str = PROJECT) -> None:
    labels = {"com.docker.compose.project": project, "com.docker.compose.service": service or name} if project else {}
    labels |= {"switchdrill.project": ours} if ours else {}
    engine.use(
        f"create {name}",
        lambda client: client.api.create_container(
            f"{IMAGE}:latest", ["sleep", "300"], name=f"{PROJECT}-{name}", labels=labels,
            host_config=client.api.create_host_config(init=False),
        ),
    )  # fmt: skip
    engine.start(f"{PROJECT}-{name}")


@pytest.fixture
def file(engine: Engine, tmp_path: Path) -> Path:
    code, said = switchdrill(tmp_path, "init", "mine", "--from-docker", "--project", PROJECT)
    assert 0 == code, said
    file = tmp_path / "mine" / "platform.yaml"
    # No name server runs there, so how viewers come in is nobody's guess.
    assert ["operators.all"] == [gap.at for gap in gaps(file) if gap.at]
    address = engine.get(f"{PROJECT}-a-edge").addresses[0]
    file.write_text(file.read_text().replace("{share: 1.0}", f"{{share: 1.0, address: {address}}}"))
    return file


def mappings(file: Path) -> list[str]:
    return [gap.said for gap in gaps(file) if gap.code == "P08"]


def test_what_runs_is_written_down_without_what_is_ours(engine: Engine, file: Path) -> None:
    read = yamlfile.read(file, Platform)

    assert ["a.edge", "b.edge"] == [service.name for service in read.services]
    assert ["a-edge", "b-edge"] == [service.container.compose for service in read.services if service.container]
    assert {"a": "primary", "b": "standby"} == {name: site.role for name, site in read.sites.items()}
    assert (False, PROJECT) == (read.inject, read.docker.project if read.docker else None)
    addresses = [engine.get(f"{PROJECT}-{name}").addresses[0] for name in ("a-edge", "b-edge")]
    assert addresses == [site.address for site in read.sites.values()]
    assert "may have another address after a restart" in file.read_text()
    assert [] == mappings(file)


def test_a_mapping_that_matches_none_two_or_one_that_does_not_run_is_told_by_its_line(
    engine: Engine, file: Path
) -> None:
    engine.kill(f"{PROJECT}-b-edge")
    start(engine, "twin", "", service="a-edge")
    try:
        told = [(gap.at, gap.said) for gap in gaps(file) if gap.code == "P08"]
    finally:
        engine.kill(f"{PROJECT}-twin")
        engine.remove(f"{PROJECT}-twin")
        engine.start(f"{PROJECT}-b-edge")

    assert ["services.0.container", "services.1.container"] == [at for at, _said in told]
    assert "matches more than one container" in told[0][1]
    assert "does not run" in told[1][1]
    file.write_text(file.read_text().replace("compose: b-edge", "compose: z-edge"))
    assert ["service b.edge matches no container"] == [said.partition(";")[0] for said in mappings(file)]
    file.write_text(file.read_text().replace("compose: z-edge", "compose: a-edge"))
    assert ["services a.edge and b.edge are the same container"] == [said.partition(",")[0] for said in mappings(file)]


def test_plain_containers_are_chosen_by_name_and_what_looks_like_several_platforms_is_told(
    engine: Engine, tmp_path: Path
) -> None:
    for name in ("run-a", "run-b"):
        start(engine, name, "", project="")
    try:
        by_name = switchdrill(tmp_path, "init", "mine", "--from-docker", "--name", f"{PROJECT}-run-")
        both = switchdrill(tmp_path, "init", "both", "--from-docker", "--name", f"{PROJECT}-run-", "--project", PROJECT)
        asked = switchdrill(tmp_path, "init", "asked", "--from-docker")
        none = switchdrill(tmp_path, "init", "none", "--from-docker", "--name", "no-such-name")
    finally:
        for name in ("run-a", "run-b"):
            engine.remove(f"{PROJECT}-{name}")

    assert (0, False) == (by_name[0], "--name" in by_name[1]), by_name[1]
    text = (tmp_path / "mine" / "platform.yaml").read_text()
    assert [f"{PROJECT}-run-a", f"{PROJECT}-run-b"] == re.findall(r"container: \{name: ([^}]+)\}", text)
    assert f"id: {PROJECT}-run\n" in text
    assert 0 == both[0], both[1]
    for code, said, name in ((*by_name, "mine"), (*both, "both")):
        assert (0, False) == (code, "These look like several" in said), "a person has chosen"
        assert "is it one platform?" not in (tmp_path / name / "platform.yaml").read_text()
    assert 0 == asked[0], asked[1]
    assert f"  --project {PROJECT} (a-edge, b-edge)\n" in asked[1]
    assert f"{PROJECT}-run-a" in asked[1]
    assert "is it one platform?" in (tmp_path / "asked" / "platform.yaml").read_text()
    assert (3, True) == (none[0], f"there are: --project {PROJECT} (a-edge, b-edge)" in none[1]), none[1]


def test_a_project_of_which_nothing_runs_is_told(tmp_path: Path) -> None:
    code, said = switchdrill(tmp_path, "init", "mine", "--from-docker", "--project", "no-such-project")

    assert 3 == code, said
    assert "no container runs there that could be drilled" in said
    assert not (tmp_path / "mine").exists()
