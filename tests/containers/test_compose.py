"""A Compose file is read as Compose reads it, or refused by its line."""

from pathlib import Path

import pytest

from switchdrill.containers.compose import Compose, read_compose
from switchdrill.errors import BadInput

FILE = """\
name: ${PROJECT:-alone}
x-like: &like
  image: img:${TAG:-1}
  restart: "no"
services:
  front:
    <<: *like
    container_name: ${PROJECT:-alone}-front
    environment: {N: 1, TEXT: "costs $$5", EMPTY: "${NOTHING:-}"}
    networks: {wan: {ipv4_address: 10.83.0.2, aliases: [live]}}
    ports: ["127.0.0.1:18181:80"]
    depends_on: [back]
  back:
    <<: *like
    container_name: back
    networks: {wan: {ipv4_address: 10.83.0.3}}
    stop_grace_period: 3s
networks:
  wan: {internal: true, ipam: {config: [{subnet: 10.83.0.0/24}]}}
volumes:
  data: {}
"""


def read(folder: Path, text: str = FILE, **values: str) -> Compose:
    path = folder / "compose.yaml"
    path.write_text(text, encoding="utf-8")
    return read_compose(path, values)


def test_variables_defaults_and_merges_are_filled_in(tmp_path: Path) -> None:
    compose = read(tmp_path, TAG="7")
    front = compose.services["front"]
    assert ("img:7", "alone-front") == (front.image, front.container_name)
    assert {"N": "1", "TEXT": "costs $5", "EMPTY": ""} == front.environment
    assert [("127.0.0.1", 18181, 80)] == front.published()
    assert 3 == compose.services["back"].grace_s()


def test_what_is_needed_is_started_first(tmp_path: Path) -> None:
    assert [["back"], ["front"]] == read(tmp_path).in_order()


@pytest.mark.parametrize(
    ("was", "now", "said", "at"),
    [
        ("img:${TAG:-1}", "img:${TAG}", "${TAG}", "img:${TAG}"),
        ("10.83.0.2, ", "10.83.1.2, ", "not within 10.83.0.0/24", "10.83.1.2"),
        ("10.83.0.3", "10.83.0.2", "10.83.0.2 is taken by front", "address: 10.83.0.2}}"),
        ("127.0.0.1:18181:80", "18181:80", "127.0.0.1:HOST_PORT:PORT", "ports"),
        ("[back]", "[behind]", "'behind'", "depends_on"),
        ("{wan: {ipv4_address: 10.83.0.3}}", "{lan: {}}", "'lan'", "{lan: {}}"),
        ("    stop_grace_period", "    privileged: true\n    stop_grace_period", "unknown key", "privileged"),
        ("10.83.0.0/24", "8.8.8.0/24", "private", "8.8.8.0"),
        ("3s", "1m", "whole seconds", "1m"),
        ('restart: "no"', 'restart: "always"', 'restart: "no"', "    <<: *like"),
    ],
)
def test_what_we_do_not_start_is_refused_by_its_line(tmp_path: Path, was: str, now: str, said: str, at: str) -> None:
    text = FILE.replace(was, now)
    with pytest.raises(BadInput) as problem:
        read(tmp_path, text)
    assert said in str(problem.value)
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if at in line]
    assert int((problem.value.where or "").rpartition(":")[2]) in range(lines[0] - 1, lines[0] + 1)


def test_services_that_need_one_another_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="need one another: front, back"):
        read(tmp_path, FILE.replace("    stop_grace_period: 3s", "    depends_on: [front]"))
