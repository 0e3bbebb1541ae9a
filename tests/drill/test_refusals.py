"""Bad input and a bad machine: a clear message, exit 3, and nothing started, nothing broken, nothing left."""

import json
import os
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from switchdrill.machine.process import owned_by
from tests.drill.conftest import HOLD, UNTIL_SOMEBODY_ACTS

HERE = Path(__file__).parent
BOOK = (HERE / "quick" / "quick.yaml").read_text(encoding="utf-8")
EMBEDDED = HERE.parents[1] / "drills" / "platforms" / "embedded"
DRILL = f"{HERE / 'quick' / 'site_loss.py'}::test_a_site_is_lost_for_a_moment[fast_fail]"


@pytest.fixture
def run(command, tmp_path):
    """Run the quick drill with other input in a state of its own; nothing may be left of it."""

    def _run(*words, timeout_s=120, **more):
        done = command(
            "run", DRILL, "--runs", tmp_path / "runs", *words, state=tmp_path / "state", timeout_s=timeout_s, **more
        )
        return done.returncode, done.stdout + done.stderr

    yield _run
    state = tmp_path / "state"
    assert not state.exists() or list(state.rglob("*")) == []
    for folder in (tmp_path / "runs").glob("*"):
        assert owned_by(folder) == []
        assert owned_by(folder / "platform") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOOK.replace("title: a site", "titel: a site"), ["titel", "unknown key", ":5"]),
        (BOOK.replace("steady: 500ms", "steady: 2:30"), ["objectives.steady", "50ms, 90s or 2m30s"]),
        (BOOK.replace("steady: 500ms", "steady: 90"), ["objectives.steady", "with its unit"]),
        (BOOK.replace("version: 1.0.0", "id: again\nversion: 1.0.0"), ["stands twice"]),
        (BOOK + "\n  - ][", ["not YAML"]),
        ("[" * 10_000, ["nested deeper"]),
        (BOOK.replace("detected, target: 8s", "detected, target: 5s"), ["L10", "4s to 7s", "you promise 5s"]),
        (BOOK.replace("kinds: [simulation]", "kinds: [tabletop]"), ["does not allow", "simulation"]),
        (BOOK.replace("  few:", "  many:"), ["no load called 'few'", "many"]),
    ],
    ids=["unknown key", "2:30", "no unit", "duplicate", "no yaml", "nested", "impossible promise", "kind", "profile"],
)  # fmt: skip
def test_a_runbook_that_can_not_be_right_is_refused_by_name(run, tmp_path, text, words):
    book = tmp_path / "book.yaml"
    book.write_text(text, encoding="utf-8")
    code, said = run("--runbook", book)

    assert code == 3, said
    assert [] == [word for word in [*words, "book.yaml" if "no load" not in words[0] else ""] if word not in said], said


def test_a_runbook_that_is_missing_is_refused_by_name(run, tmp_path):
    code, said = run("--runbook", tmp_path / "none.yaml")

    assert code == 3
    assert "none.yaml" in said
    assert "can't be read" in said


def test_a_runbook_that_is_not_utf8_is_refused_by_line(run, tmp_path):
    book = tmp_path / "book.yaml"
    book.write_bytes(b"schema: x\ntitle: \xc4\xe3\n")
    code, said = run("--runbook", book)

    assert code == 3
    assert "book.yaml:2" in said


def test_a_platform_that_does_not_exist_is_refused_by_name(run):
    code, said = run("--platform", "nowhere")

    assert code == 3
    assert "there is no platform called 'nowhere'" in said


def changed_platform(tmp_path, old, new):
    folder = tmp_path / "platform"
    shutil.copytree(EMBEDDED, folder)
    file = folder / "platform.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("inject: true", "inject: false", ["faults are not allowed", "inject: true"]),
        (
            "production: false",
            "production: true",
            ["faults are not allowed", "production: true", "nothing of ours breaks production"],
        ),
        ("role: primary", "role: witness", ["no site", "primary"]),
        ("schema: switchdrill.platform/v1", "schema: switchdrill.platform/v9", ["platform.yaml:", "schema"]),
        ("consecutive_failures: 3", "consecutive_failures: 4", ["L14", "the runbook says 3"]),
    ],
)
def test_a_platform_that_may_not_or_can_not_be_drilled_is_refused(run, tmp_path, old, new, words):
    code, said = run("--platform", changed_platform(tmp_path, old, new))

    assert code == 3, said
    assert [] == [word for word in words if word not in said], said


def test_a_refused_drill_is_on_record_with_its_reason(run, tmp_path):
    """Who asked for it, when, and why it was not begun: an auditor asks for that, too."""
    code, said = run("--platform", changed_platform(tmp_path, "inject: true", "inject: false"))
    folders = list((tmp_path / "runs").iterdir())

    assert code == 3
    assert 1 == len(folders), said
    result = json.loads((folders[0] / "run.json").read_text(encoding="utf-8"))
    assert result["verdict"] is None
    assert "faults are not allowed" in (folders[0] / "report.en.html").read_text(encoding="utf-8")
    assert {each.name for each in (folders[0] / "inputs").iterdir()} >= {"platform.yaml", "SHA256SUMS"}
    assert "report.en.html" in said


def test_a_dry_run_that_is_refused_writes_nothing(run, tmp_path):
    file = changed_platform(tmp_path, "role: primary", "role: witness")
    code, said = run("--platform", file, "--dry-run")

    assert code == 3
    assert "no site" in said
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [("inject: true", "inject: false"), ("production: false", "production: true")],
    ids=["inject", "prod"],
)
def test_the_plan_of_a_platform_that_may_not_be_broken_can_be_looked_at(run, tmp_path, old, new):
    code, said = run("--platform", changed_platform(tmp_path, old, new), "--dry-run")

    assert code == 0, said
    assert f"would be refused: the platform's file says {new}" in " ".join(said.split())
    assert "undo site a" in said
    assert "1 rehearsed" in said
    assert "passed" not in said
    assert not (tmp_path / "runs").exists()


def test_a_port_that_is_taken_is_named_with_its_holder(run, net):
    with socket.create_server((f"{net}.1.1", 18080)):
        code, said = run(SWITCHDRILL_NET=net)

    assert code == 3, said
    assert f"{net}.1.1:18080" in said
    assert f"pid {os.getpid()} " in said


def test_a_platform_that_never_comes_up_is_ended_and_its_log_shown(run, tmp_path):
    file = changed_platform(tmp_path, "id: embedded", "id: blind")
    (file.parent / "publisher.py").write_text("import sys; sys.exit('no camera here')\n")
    code, said = run("--platform", file)

    assert code == 3, said
    assert "no camera here" in said


def test_without_any_toxiproxy_every_rung_is_named(run, tmp_path):
    bare = {
        "PATH": "/nowhere",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "SWITCHDRILL_TOXIPROXY_BIN": "/nowhere/toxiproxy-server",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_INDEX": "1",
        "DOCKER_HOST": "unix:///nowhere",
    }
    code, said = run(**bare)

    assert code == 3, said
    rungs = ["SWITCHDRILL_TOXIPROXY_URL", "SWITCHDRILL_TOXIPROXY_BIN", "PATH", "cache", "ocker", "download", "go"]
    assert [] == [rung for rung in rungs if rung not in said], said


def test_an_undo_that_can_not_be_written_means_nothing_is_broken(start, standing):
    run = start()
    run.wait_for(kind="checked", name="carrier")  # the platform's own undo is written, the fault's is not
    undo = run.folder / "undo"
    shutil.move(undo, run.folder / "undo.gone")
    undo.write_text("not a folder")
    code, said = run.end()
    undo.unlink()
    shutil.move(run.folder / "undo.gone", undo)

    assert code == 3, said
    assert "can't be written, so nothing is broken" in said
    assert not run.has(kind="injected")
    assert standing.is_whole() == ""


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MiB, of this test's own."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], timeout=20, check=True)
    yield place
    subprocess.run(["umount", "--lazy", place], timeout=20, check=True)


@pytest.mark.needs_mount
def test_a_disk_that_fills_up_ends_the_drill_healed_and_recorded(small_disk, start, standing):
    run = start(f"{UNTIL_SOMEBODY_ACTS}[fast_fail]", runs=small_disk)
    run.wait_for(**HOLD)
    with suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 65536)
    code, said = run.end()

    assert code == 2, said
    assert run.has(kind="cut", why="disk_full"), said
    assert run.has(kind="closed", by="runner", all_healed=True)
    assert standing.is_whole() == ""
    assert list((standing.state / "switchdrill" / "open").glob("*")) == []
