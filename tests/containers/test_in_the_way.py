"""What is in the way when a platform of ours starts: told, with what mends it; nothing of anybody else's is touched."""

import signal
import socket
import subprocess

import pytest

from switchdrill.clock import wait_until
from tests.containers.conftest import ROOT, Small, docker

pytestmark = pytest.mark.needs_docker


def test_it_goes_up_and_down_without_a_trace(small: Small) -> None:
    assert 0 == small.play("up")[0]
    assert {f"{small.name}-back", f"{small.name}-front", f"{small.name}_lan", f"{small.name}_kept"} <= set(small.ours())
    assert 0 == small.play("down")[0]
    assert [] == small.ours()


def test_a_container_of_somebodys_with_the_same_name_stays_as_it_is(small: Small) -> None:
    theirs = docker("run", "-d", "--network", "none", "--name", f"{small.name}-front", small.image, "/bin/sleep", "60")
    try:
        code, said = small.play("up")

        assert 3 == code, said
        assert f"a container called {small.name}-front is there already" in said
        assert "`project`" in said
        assert [] == small.ours()
        assert f"{theirs} running" == docker("inspect", theirs, "--format", "{{.Id}} {{.State.Status}}")
    finally:
        docker("rm", "-f", theirs)


def test_the_same_platform_of_another_user_is_told_with_the_command_that_ends_it(small: Small) -> None:
    assert 0 == small.play("up", user="theirs")[0]
    code, said = small.play("up")
    command = f"XDG_STATE_HOME={small.folder}/theirs switchdrill down {small.name}"

    assert 3 == code, said
    assert command in " ".join(said.split())
    assert 0 == small.play("down", user="theirs")[0]
    assert 0 == small.play("up")[0]


def test_a_network_and_a_volume_of_somebodys_are_not_taken_for_ours(small: Small) -> None:
    for kind, name in (("network", f"{small.name}_lan"), ("volume", f"{small.name}_kept")):
        docker(kind, "create", name)
        try:
            code, said = small.play("up")

            assert 3 == code, said
            assert f"a {kind} called {name} is there already" in said
            assert [] == small.ours()
            assert name in docker(kind, "inspect", name)
        finally:
            docker(kind, "rm", name)


def test_a_range_of_addresses_that_is_taken_is_told(small: Small) -> None:
    docker("network", "create", "--subnet", f"{small.net}.0.0/16", f"{small.name}-theirs")
    try:
        code, said = small.play("up")

        assert 3 == code, said
        assert "another network has this range of addresses" in said
        assert [] == small.ours()
    finally:
        docker("network", "rm", f"{small.name}-theirs")


def test_a_port_that_is_taken_is_told(small: Small) -> None:
    with socket.create_server(("127.0.0.1", small.port)):
        code, said = small.play("up")

    assert 3 == code, said
    assert f"somebody listens at 127.0.0.1:{small.port}" in said
    assert [] == small.ours()
    assert 0 == small.play("up")[0], "what is left of it is in nobody's way"


def test_an_image_that_nobody_has_is_told(small: Small) -> None:
    file = small.folder / "compose.yaml"
    file.write_text(file.read_text().replace(small.image, "switchdrill-nobody-has-it:1"))
    code, said = small.play("up")

    assert 3 == code, said
    assert "image switchdrill-nobody-has-it:1 is missing" in said
    assert "`docker.image`" in said
    assert [] == small.ours()


@pytest.mark.parametrize("then", ["up", "down"])
def test_an_up_that_is_killed_half_way_is_cleared_by_the_next(small: Small, then: str) -> None:
    theirs = docker("run", "-d", "--network", "none", "--name", f"{small.name}-x", small.image, "/bin/sleep", "60")
    try:
        child = subprocess.Popen(small.argv("up"), env=small.environment(), cwd=ROOT, stdout=subprocess.DEVNULL)
        wait_until(lambda: f"{small.name}-back" in small.ours(), within_s=20, every_s=0.01, what="half of it")
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert small.ours()

        code, said = small.play(then)

        assert 0 == code, said
        assert "was left half-way" in said
        running = docker("ps", "--filter", f"name={small.name}-", "--format", "{{.Names}}").split()
        ours = [f"{small.name}-back", f"{small.name}-front"] if then == "up" else []
        assert sorted([*ours, f"{small.name}-x"]) == sorted(running)
    finally:
        docker("rm", "-f", theirs)
