"""`up` and `down`: one name for a platform however it is called, and no half platform that somebody must know about."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from switchdrill.errors import Refused
from switchdrill.machine.process import ProcessName, end, end_all, is_running, owned_by
from switchdrill.platform.find import find_file, place, read_unplaced, refuse_ruins, running_file
from switchdrill.platform.home import is_half, names, residents, standing_file

from .test_run_command import switchdrill

SERVICE = """
import pathlib, sys, time
while not pathlib.Path(sys.argv[2]).exists():
    time.sleep(0.01)
pathlib.Path(sys.argv[1]).touch()
time.sleep(300)
"""
PLATFORM = """
schema: switchdrill.platform/v1
id: small
production: false
inject: true
sites:
  a: {{role: primary, address: 127.0.0.1}}
services:
  - {{name: clock, run: ["{{python}}", "{{here}}/service.py", "{{state}}/ready", "{{here}}/go"],
      ready: {{file: "{{state}}/ready", within: {within}}}}}
  - {{name: bell, run: ["{{python}}", "-c", "import time; time.sleep(300)"]}}
entries:
  live: {{name: live.test, port: 80}}
operators:
  one: {{resolver: "127.0.0.1:53", share: 1}}
probes:
  - {{name: media, kind: http, through: operators, entry: live, every: 1s, timeout: 1s}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A checkout with one platform, in a path that is no plain word; nothing of it may run afterwards."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "济 南" / "state"))
    content = tmp_path / "济 南" / "drills" / "platforms" / "two words"
    content.mkdir(parents=True)
    (content / "service.py").write_text(SERVICE)
    (content / "tiny.yaml").write_text(PLATFORM.format(within="5s"), encoding="utf-8")
    (content / "go").touch()
    yield tmp_path / "济 南"
    end_all(running(tmp_path / "济 南"))


def running(folder: Path) -> list[ProcessName]:
    return owned_by(folder / "state" / "switchdrill" / "platforms" / "small")


def call(folder: Path, *words: str, **more: str) -> tuple[int, str]:
    return switchdrill(folder, *words, XDG_STATE_HOME=os.environ["XDG_STATE_HOME"], **more)


NAMES = ["small", "tiny", "drills/platforms/two words/tiny.yaml"]


@pytest.mark.parametrize("up", NAMES[1:])
def test_every_name_that_starts_a_platform_stops_it(folder: Path, up: str) -> None:
    assert (0, []) == (call(folder, "up", up)[0], [name for name in names() if name != "small"])
    for name in NAMES:
        code, said = call(folder, "up", name)

        assert (3, True) == (code, "small is up already" in said), said
    for down in NAMES:
        code, said = call(folder, "down", down)

        assert (0, "ended 2 process(es)") == (code, said.strip()), said
        assert [] == running(folder)
        assert not (folder / "state").exists() or [] == list((folder / "state").rglob("*"))
        if down != NAMES[-1]:
            assert 0 == call(folder, "up", up)[0]


def test_a_file_is_never_taken_for_one_that_is_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a drill of `prod.yaml` would break the platform that is up, and say that it was no production."""
    call(folder, "up", "small")
    monkeypatch.chdir(folder)
    own = next((folder / "drills").rglob("tiny.yaml")).read_text(encoding="utf-8")
    (folder / "prod.yaml").write_text(own.replace("production: false", "production: true"), encoding="utf-8")

    assert read_unplaced("small").production is False
    assert read_unplaced("prod.yaml").production is True
    assert find_file("prod.yaml") == Path("prod.yaml")
    assert running_file("prod.yaml") is None


def test_the_path_that_up_prints_means_the_platform_that_is_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = call(folder, "up", "small")[1].splitlines()[0]
    monkeypatch.chdir(Path(printed).parent)

    for named in (printed, "./platform.yaml", "../small/platform.yaml"):
        found = running_file(named)
        assert found is not None
        assert found.resolve() == Path(printed).resolve()


def test_stopping_what_is_not_up_names_what_is(folder: Path) -> None:
    assert "none is up" in call(folder, "down", "nothing")[1]
    call(folder, "up", "small")
    code, said = call(folder, "down", "nothing")

    assert 3 == code
    assert "no platform called 'nothing' is up" in said
    assert "up are: small" in said
    assert 0 == call(folder, "down", "small")[0]


def killed_half_way(folder: Path) -> list[ProcessName]:
    """What still runs of an `up` that was killed while it waited."""
    (folder / "drills" / "platforms" / "two words" / "go").unlink()
    child = subprocess.Popen([sys.executable, "-m", "switchdrill", "up", "tiny"], cwd=folder, stderr=subprocess.PIPE)
    with child:
        deadline = time.monotonic() + 20
        while len(running(folder)) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    (folder / "drills" / "platforms" / "two words" / "go").touch()
    return running(folder)


def test_the_next_up_clears_away_what_a_killed_one_left(folder: Path) -> None:
    left = killed_half_way(folder)

    assert (2, True, None) == (len(left), is_half("small"), standing_file("small"))
    code, said = call(folder, "up", "tiny")

    assert 0 == code, said
    assert "left half-way by an earlier `up` or `down`: ended 2 process(es)" in said
    assert not is_running(left[0])
    assert 2 == len(running(folder))
    assert 0 == call(folder, "down", "tiny")[0]


def test_half_a_platform_is_never_drilled_and_down_ends_it(folder: Path) -> None:
    left = killed_half_way(folder)
    doctor = call(folder, "doctor")[1]
    code, said = call(folder, "down", "tiny")

    assert "small: left half-way" in doctor
    assert "switchdrill down small" in doctor
    assert (0, True) == (code, "ended 2 process(es)" in said), said
    assert not is_running(left[0])
    assert [] == names()
    assert [] == list((folder / "state").rglob("*"))


def test_a_platform_that_does_not_come_up_is_ended_and_its_log_can_be_read(folder: Path) -> None:
    content = folder / "drills" / "platforms" / "two words"
    (content / "service.py").write_text("raise SystemExit('no clock here')")
    code, said = call(folder, "up", "tiny")
    log = folder / "state" / "switchdrill" / "platforms" / "small" / "clock.log"

    assert (3, True, True) == (code, "no clock here" in said, str(log) in said), said
    assert "no clock here" in log.read_text()
    assert [] == running(folder)
    (content / "service.py").write_text(SERVICE)
    assert 0 == call(folder, "up", "tiny")[0]
    assert 0 == call(folder, "down", "tiny")[0]


def test_a_carriers_record_that_can_not_be_read_keeps_no_process_alive(folder: Path) -> None:
    call(folder, "up", "tiny")
    carriers = folder / "state" / "switchdrill" / "platforms" / "small" / "carriers"
    carriers.mkdir()
    (carriers / "a.json").write_text("{torn")
    code, said = call(folder, "down", "tiny")

    assert (4, True) == (code, str(carriers / "a.json") in said), said
    assert [] == running(folder)
    (carriers / "a.json").unlink()
    assert 0 == call(folder, "down", "tiny")[0]


def test_two_at_once_start_it_once(folder: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "switchdrill", "up", "tiny"], cwd=folder,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _each in range(2)
    ]  # fmt: skip
    said = [each.communicate(timeout=60)[0] for each in both]

    assert [0, 3] == sorted(each.returncode for each in both), said
    assert 2 == len(running(folder))
    assert 0 == call(folder, "down", "tiny")[0]


def test_a_platform_of_which_a_process_died_is_not_drilled(folder: Path) -> None:
    call(folder, "up", "tiny")
    known = residents("small")
    assert known is not None
    end(known.services[1].process)
    code, said = call(folder, "up", "tiny")

    assert (3, True, True) == (code, "up, but not whole" in said, "have ended: bell" in said), said
    assert "bell" in call(folder, "doctor")[1]
    placed = place("small", state=folder / "unused", holder="a test")
    with pytest.raises(Refused, match="not whole"):
        refuse_ruins(placed)
    placed.lock.release()
    assert (0, True) == (call(folder, "down", "tiny")[0], not running(folder))


def test_a_platform_of_which_nothing_runs_is_started_anew(folder: Path) -> None:
    """As after a reboot."""
    call(folder, "up", "tiny")
    end_all(running(folder))
    code, said = call(folder, "up", "tiny")

    assert 0 == code, said
    assert 2 == len(running(folder))
    assert 0 == call(folder, "down", "tiny")[0]


def test_a_state_folder_of_somebody_else_is_refused(folder: Path) -> None:
    home = folder / "state" / "switchdrill" / "platforms"
    home.mkdir(parents=True)
    (folder / "elsewhere").mkdir()
    (home / "small").symlink_to(folder / "elsewhere")
    for words in (("up", "tiny"), ("down", "small")):
        code, said = call(folder, *words)

        assert (3, True) == (code, "a link, or belongs to somebody else" in said), said
        assert [] == list((folder / "elsewhere").iterdir())


MAPPED = """
schema: switchdrill.platform/v1
id: tv
production: false
inject: true
sites:
  a: {role: primary, address: 127.0.0.1}
services:
  - {name: web, container: {name: tv-web}}
entries:
  live: {name: live.test, port: 80}
operators:
  one: {resolver: "127.0.0.1:53", share: 1}
probes:
  - {name: media, kind: http, through: operators, entry: live, every: 1s, timeout: 1s}
"""


@pytest.mark.parametrize("verb", ["up", "down"])
@pytest.mark.parametrize("named", ["tv", "my-drills/platform.yaml", "./my-drills"])
def test_what_others_start_is_neither_started_nor_stopped(folder: Path, verb: str, named: str) -> None:
    (folder / "my-drills").mkdir()
    (folder / "my-drills" / "platform.yaml").write_text(MAPPED, encoding="utf-8")
    code, said = call(folder, verb, named)

    assert (3, [], True) == (code, names(), "platform tv is not started by switchdrill, nor stopped" in said), said
    assert "--platform my-drills/platform.yaml" in said


def test_a_platform_that_can_be_started_is_no_others_because_a_file_here_has_its_name(folder: Path) -> None:
    (folder / "platform.yaml").write_text(MAPPED.replace("id: tv", "id: small"), encoding="utf-8")

    assert [0, 0] == [call(folder, "up", "small")[0], call(folder, "down", "small")[0]]


def test_an_id_that_only_a_file_here_has_is_told_with_that_file(folder: Path) -> None:
    (folder / "platform.yaml").write_text(MAPPED, encoding="utf-8")
    code, said = call(folder, "faults", "--platform", "tv")

    assert (3, True) == (code, "to mean the one here, say ./platform.yaml" in said), said
