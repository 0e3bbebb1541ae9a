"""Engines that are not there, are forbidden, or hang: told in a sentence, in seconds, and no reason not to drill."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .test_doctor import server
from .test_run_command import switchdrill

LONGEST_S = 12.0


@pytest.fixture
def hung(tmp_path: Path) -> Iterator[str]:
    """A socket that takes every connection and never answers."""
    path = tmp_path / "docker.sock"
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(8)
    taken: list[socket.socket] = []

    def take() -> None:
        try:
            while True:
                taken.append(listening.accept()[0])
        except OSError:  # closed: the test is over
            return

    threading.Thread(target=take, daemon=True).start()
    yield f"unix://{path}"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for each in taken:
        each.close()


def test_the_doctor_answers_though_the_engine_hangs(tmp_path: Path, hung: str) -> None:
    begun = time.monotonic()
    code, said = switchdrill(
        tmp_path, "doctor", DOCKER_HOST=hung, SWITCHDRILL_TOXIPROXY_BIN=str(server(tmp_path))
    )  # fmt: skip

    assert 0 == code, said
    assert time.monotonic() - begun < LONGEST_S
    assert "not met  Docker engine    it takes connections and does not answer" in said
    assert "a drill can start here" in said


def test_the_doctor_tells_a_missing_engine_with_the_command_that_starts_one(tmp_path: Path) -> None:
    code, said = switchdrill(
        tmp_path, "doctor", DOCKER_HOST=f"unix://{tmp_path}/no.sock",
        SWITCHDRILL_TOXIPROXY_BIN=str(server(tmp_path)),
    )  # fmt: skip

    assert 0 == code, said
    assert "not met  Docker engine" in said
    assert "systemctl start docker" in said or "make machine" in said
    assert "for platforms of containers, this is not met: Docker engine" in said


def test_init_from_an_engine_that_is_not_there_writes_nothing(tmp_path: Path) -> None:
    code, said = switchdrill(tmp_path, "init", "mine", "--from-docker", "--docker", f"unix://{tmp_path}/no.sock")

    assert 3 == code, said
    assert "now" in said
    assert not (tmp_path / "mine").exists()


@pytest.mark.needs_root
def test_a_socket_that_this_user_may_not_open_is_told_as_that(tmp_path: Path) -> None:
    """As nobody, in a process of its own."""
    path = tmp_path / "docker.sock"
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(1)
    path.chmod(0o660)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith("/tmp/"):  # noqa: S108
            folder.chmod(folder.stat().st_mode | 0o011)
    said = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, f"unix://{path}"], capture_output=True, text=True, timeout=30, check=False
    )
    listening.close()

    assert (0, "") == (said.returncode, said.stderr), said.stdout
    assert "this user may not use the Docker engine" in said.stdout
    assert "usermod -aG docker" in said.stdout


AS_NOBODY = """
import encodings.idna, os, sys
from switchdrill.doctor import containers, packets
import switchdrill.containers.connection, switchdrill.text
switchdrill.text._("warm")
os.environ["DOCKER_HOST"] = sys.argv[1]
os.setgroups([]); os.setgid(65534); os.setuid(65534); os.environ["HOME"] = "/nonexistent"
for need in [*containers.needs(), *packets.needs()]:
    print("\\n".join(need.lines()))
"""
