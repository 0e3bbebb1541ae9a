"""`switchdrill doctor`: what is needed, whether it is met, what for, and what meets it; and it changes nothing."""

import os
import time
from pathlib import Path

from .test_run_command import switchdrill

BARE = {
    "SWITCHDRILL_TOXIPROXY_BIN": "/nowhere/toxiproxy-server",
    "HTTPS_PROXY": "http://127.0.0.1:9", "PIP_NO_INDEX": "1", "GOPROXY": "off", "DOCKER_HOST": "unix:///nowhere",
}  # fmt: skip


def server(folder: Path) -> Path:
    made = folder / "toxiproxy-server"
    made.write_text("#!/bin/sh\necho toxiproxy-server version 2.12.0\n")
    made.chmod(0o755)
    return made


def test_a_missing_toxiproxy_is_told_with_every_place_that_was_looked_at_and_nothing_is_fetched(tmp_path: Path) -> None:
    begun = time.monotonic()
    code, said = switchdrill(tmp_path, "doctor", **BARE)

    assert 3 == code, said
    assert [] == [
        words
        for words in (
            "NOT MET  Toxiproxy", "a drill would try, in this order: Docker image, release download, go install",
            "/nowhere/toxiproxy-server is not a file", "no toxiproxy-server on PATH", "nothing in",
            "switchdrill doctor --mend", "needed before a drill can start: Toxiproxy",
        )
        if words not in said
    ], said  # fmt: skip
    assert [] == list(tmp_path.rglob("*"))
    assert time.monotonic() - begun < 20


def test_the_rung_that_a_drill_would_take_is_named(tmp_path: Path) -> None:
    made = server(tmp_path)
    code, said = switchdrill(tmp_path, "doctor", SWITCHDRILL_TOXIPROXY_BIN=str(made))

    assert 0 == code, said
    assert f"environment BIN: Toxiproxy 2.12.0, {made}" in said
    assert "a drill can start here" in said
    assert [made] == list(tmp_path.iterdir())


def test_a_state_folder_that_can_not_be_used_is_not_met(tmp_path: Path) -> None:
    made = server(tmp_path)
    (tmp_path / "file").write_text("")
    code, said = switchdrill(
        tmp_path, "doctor", SWITCHDRILL_TOXIPROXY_BIN=str(made), XDG_STATE_HOME=str(tmp_path / "file")
    )

    assert 3 == code, said
    assert "NOT MET  state folder" in said


def test_what_is_in_the_way_of_the_next_drill_is_told_with_its_command(tmp_path: Path) -> None:
    made = server(tmp_path)
    pointers = tmp_path / "state" / "switchdrill" / "open"
    pointers.mkdir(parents=True)
    (pointers / "torn.json").write_text("{")
    code, said = switchdrill(tmp_path, "doctor", SWITCHDRILL_TOXIPROXY_BIN=str(made))

    assert 3 == code, said
    assert f"{pointers / 'torn.json'}: can't be read" in said
    assert "switchdrill heal --all" in said
    assert os.listdir(pointers) == ["torn.json"]  # noqa: PTH208
