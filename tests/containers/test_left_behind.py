"""What `switchdrill doctor` tells of things that dead owners left on an engine; its own commands take them away."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchdrill.clock import boot_id
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, reach
from switchdrill.containers.labels import OWNER, PROJECT
from switchdrill.doctor import left_behind, packets
from switchdrill.machine.process import own_name
from switchdrill.platform.docker_lock import HOLDER, LOCK, is_dead
from tests.faults.boxed import make_image

NAME = f"sdl{os.getpid()}"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = reach(Endpoint())
    make_image(engine, NAME, programs=("sh",))
    yield engine
    engine.use("remove image", lambda client: client.images.remove(f"{NAME}:latest", force=True))


def create(engine: Engine, name: str, labels: dict[str, str], *argv: str, stdin_open: bool = False) -> None:
    engine.use(
        f"create {name}",
        lambda client: client.api.create_container(
            f"{NAME}:latest", list(argv) or ["true"], name=name, labels=labels, stdin_open=stdin_open
        ),
    )


def told(engine: Engine) -> list[str]:
    """The needs that are about what this test made."""
    return ["\n".join(need.lines()) for need in left_behind.needs(engine) if NAME in "\n".join(need.lines())]


def play(lines: list[str]) -> None:
    """The commands that were told, as a person would type them."""
    for text in lines:
        commands = [line.strip() for line in text.partition("now:")[2].splitlines()]
        subprocess.run(["sh", "-ec", "\n".join(commands)], check=True, capture_output=True, timeout=60)


@pytest.mark.needs_docker
def test_what_a_gone_owner_left_is_told_and_the_commands_remove_it(engine: Engine, tmp_path: Path) -> None:
    alive, gone = tmp_path / "alive", tmp_path / "gone"
    alive.mkdir()
    for owner in (alive, gone):
        labels = {OWNER: str(owner), PROJECT: NAME}
        create(engine, f"{NAME}-{owner.name}", labels)
        for each in ("networks", "volumes"):
            engine.use(
                f"create {each}",
                lambda client, kind=each, of=labels, name=owner.name: getattr(client, kind).create(
                    f"{NAME}_{name}", labels=of
                ),
            )
    try:
        found = told(engine)
        assert 1 == len(found), found
        assert f"containers: {NAME}-gone; networks: {NAME}_gone; volumes: {NAME}_gone" in found[0]
        play(found)
        assert [] == told(engine)
        assert engine.find(f"{NAME}-alive") is not None
    finally:
        alive.rmdir()
        play(told(engine))
    assert [] == told(engine)


@pytest.mark.needs_docker
def test_a_lock_is_told_only_when_its_holder_on_this_machine_has_ended(engine: Engine) -> None:
    living = own_name().model_dump()
    holders = {
        "dead": {**living, "started": 1, "host": socket.gethostname(), "boot": boot_id()},
        "living": {**living, "host": socket.gethostname(), "boot": boot_id()},
        "elsewhere": {**living, "started": 1, "host": "another-machine", "boot": "x"},
    }
    for name, process in holders.items():
        labels = {LOCK: "1", HOLDER: f"run {NAME}", "switchdrill.process": json.dumps(process)}
        create(engine, f"{NAME}-{name}", labels)
    try:
        found = told(engine)
        assert [f"docker rm {NAME}-dead"] == [text.partition("now:")[2].strip() for text in found]
        play(found)
        assert engine.find(f"{NAME}-dead") is None
    finally:
        for name in holders:
            engine.remove(f"{NAME}-{name}")


@pytest.mark.needs_docker
def test_a_lock_of_a_ci_job_is_dead_when_its_container_does_not_run_any_more(engine: Engine) -> None:
    job, living = f"{NAME}-job", own_name().model_dump()
    create(engine, job, {}, "sh", "-c", "read line", stdin_open=True)
    engine.start(job)
    held = {**living, "host": "job", "boot": boot_id(), "inside": engine.get(job).id}
    create(engine, f"{NAME}-lock", {LOCK: "1", "switchdrill.process": json.dumps(held)})
    try:
        lock = engine.get(f"{NAME}-lock")
        assert not is_dead(lock, engine)
        engine.kill(job)
        assert is_dead(lock, engine)
        engine.remove(job)
        assert is_dead(lock, engine)
    finally:
        engine.remove(job)
        engine.remove(f"{NAME}-lock")


@pytest.mark.needs_root
def test_a_rule_that_nobody_knows_is_told_and_the_command_removes_it() -> None:
    table = f"switchdrill_{NAME}"
    subprocess.run(["nft", "add", "table", "inet", table], check=True, timeout=20)
    try:
        found = [text for need in packets.needs() if table in (text := "\n".join(need.lines()))]
        assert 1 == len(found)
        # Others may drill here meanwhile, and theirs is told beside ours.
        commands = [line.strip() for line in found[0].partition("now:")[2].splitlines()]
        assert f"nft delete table inet {table}" in commands
    finally:
        subprocess.run(["nft", "delete", "table", "inet", table], check=True, timeout=20)
    assert not any(table in "\n".join(need.lines()) for need in packets.needs())
