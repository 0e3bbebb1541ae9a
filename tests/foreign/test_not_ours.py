"""A platform that is not ours: stock packages, one HAProxy for all, Redis Sentinel; known by its file alone."""

import json
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from tests.foreign.conftest import ROOT, Theirs, as_user, docker

pytestmark = pytest.mark.needs_docker

LOCK = "switchdrill-lock-tv"
MECHANISM = {"stall": "docker pause of 4 containers", "fast_fail": "nftables"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """One drill that is over."""

    shape: str
    code: int
    said: str
    folder: Path
    state: Path
    before: dict[str, object]
    after: dict[str, object]
    dead_lock: str = ""
    """Of `stall`: the run whose lock was there when it began, and whose processes had been killed."""
    refused: "subprocess.CompletedProcess[str] | None" = None
    """Of `stall`: what a second user was told meanwhile."""

    def result(self) -> dict[str, object]:
        told = json.loads((self.folder / "run.json").read_text())
        assert isinstance(told, dict)
        return told


@pytest.fixture(scope="module", params=["stall", "fast_fail"])
def drilled(request: pytest.FixtureRequest, theirs: Theirs, tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """In `stall`, somebody's drill has died before, and somebody else wants to drill at the same time."""
    shape, home = str(request.param), tmp_path_factory.mktemp(str(request.param))
    before = theirs.containers()
    dead = _drill_that_dies(theirs, home / "died") if shape == "stall" else ""
    child = _begin(theirs, shape, home / "first")
    refused = _second_user(theirs, home) if shape == "stall" else None
    said, _none = child.communicate(timeout=120)
    folders = list((home / "first" / "runs").iterdir())
    assert len(folders) == 1, said
    return Drilled(
        shape=shape, code=child.returncode, said=said, folder=folders[0], state=home / "first" / "state",
        before=before, after=theirs.containers(), dead_lock=dead, refused=refused,
    )  # fmt: skip


def _begin(theirs: Theirs, shape: str, home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        theirs.command(shape, home / "runs"), env=as_user(home / "state"), cwd=ROOT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def _drill_that_dies(theirs: Theirs, home: Path) -> str:
    """Runner and healer killed at once, before anything is broken; the run that its lock names."""
    child = _begin(theirs, "stall", home)
    wait_until(lambda: _holder().startswith(str(home)), within_s=20, what="its lock")
    pointer = wait_until(lambda: list(home.glob("state/switchdrill/open/*.json")), within_s=10, what="its healer")
    healer = json.loads(pointer[0].read_text())["healer"]["pid"]
    subprocess.run(["kill", f"-{signal.SIGKILL:d}", str(child.pid), str(healer)], check=True)
    child.communicate(timeout=20)
    return _holder()


def _second_user(theirs: Theirs, home: Path) -> "subprocess.CompletedProcess[str]":
    """Wants to drill while the first one does; and the one whose drill died comes back and heals."""
    wait_until(lambda: _holder().startswith(str(home / "first")), within_s=20, what="the first one's lock")
    healed = subprocess.run(
        [*theirs.command("stall", home / "x")[:3], "heal", "--all"], env=as_user(home / "died" / "state"), cwd=ROOT,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert healed.returncode == 0, healed.stdout + healed.stderr
    return subprocess.run(
        theirs.command("fast_fail", home / "second" / "runs"), env=as_user(home / "second" / "state"), cwd=ROOT,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def _holder() -> str:
    """The run that holds the platform; empty: none does."""
    asked = ["docker", "inspect", LOCK, "--format", '{{index .Config.Labels "switchdrill.run"}}']
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def test_the_same_drill_passes_on_it(drilled: Drilled) -> None:
    result = drilled.result()

    assert drilled.code == 0, drilled.said
    assert result["verdict"] in ("PASS", "PASS_WITH_DEVIATIONS"), result["reasons"]


def test_what_it_took_is_within_what_its_own_rule_allows(drilled: Drilled) -> None:
    result = drilled.result()
    findings = result["findings"]
    assert isinstance(findings, list)
    measured = {each["id"]: each["measured"] for each in findings if each["measured"] is not None}
    print({name: (round(each["lo"] / 1e9, 1), round(each["hi"] / 1e9, 1)) for name, each in measured.items()})

    assert 900_000_000 < measured["recovery"]["hi"] <= 12_000_000_000
    assert measured["failback"]["hi"] <= 10_000_000_000


def test_gifts_are_followed_across_the_sentinels_switch(drilled: Drilled) -> None:
    (gifts,) = drilled.result()["data"]  # type: ignore[misc]
    print(gifts)

    assert gifts["acknowledged"] > 20
    assert gifts["lost"] <= 20
    assert gifts["duplicated"] == 0


def test_by_what_it_was_broken_is_recorded(drilled: Drilled) -> None:
    plan = json.loads((drilled.folder / "plan.json").read_text())
    (undo,) = plan["faults"][0]["undos"]

    assert MECHANISM[drilled.shape] in undo["mechanism"]


def test_their_containers_are_what_they_were(drilled: Drilled, theirs: Theirs) -> None:
    assert drilled.before == drilled.after
    assert theirs.own_script("check").stdout == "tv: the east serves and writes, the west follows\n"


def test_nothing_of_ours_is_left(drilled: Drilled) -> None:
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=False).stdout
    laid = "".join(path.read_text() for path in (drilled.folder / "undo").iterdir())

    assert "" == docker("ps", "-aq", "--filter", f"name={LOCK}")
    assert "" == docker("ps", "-aq", "--filter", f"label=switchdrill.run={drilled.folder}")
    assert not [word for word in tables.split() if word.startswith("switchdrill_") and word in laid]
    assert ("switchdrill_" in laid) == (drilled.shape == "fast_fail")
    assert list(drilled.state.rglob("*")) == []


def test_a_second_user_is_refused_with_the_first_ones_name(drilled: Drilled) -> None:
    if drilled.refused is None:
        return
    said = drilled.refused.stdout + drilled.refused.stderr

    assert drilled.refused.returncode == 3, said
    assert "another drill is running on platform tv" in said
    assert drilled.folder.name in said
    assert f"docker rm {LOCK}" in said


def test_the_lock_of_a_drill_that_died_is_swept(drilled: Drilled) -> None:
    if drilled.shape == "stall":
        assert "died" in drilled.dead_lock
        assert drilled.code == 0


def test_a_dry_run_says_by_what_and_touches_nothing(theirs: Theirs, tmp_path: Path) -> None:
    before = theirs.containers()
    done = subprocess.run(
        theirs.command("stall", tmp_path / "runs", "--dry-run"), env=as_user(tmp_path / "state"), cwd=ROOT,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout + done.stderr
    assert "undo site east" in said
    assert MECHANISM["stall"] in said
    assert before == theirs.containers()
    assert not (tmp_path / "runs").exists()


def test_where_nothing_tells_who_serves_nothing_is_broken(theirs: Theirs, tmp_path: Path) -> None:
    text = (theirs.folder / "platform.yaml").read_text(encoding="utf-8")
    wrong = theirs.folder / "wrong-header.yaml"
    wrong.write_text(text.replace("served_header: X-Served-By", "served_header: X-Site"), encoding="utf-8")
    before = theirs.containers()
    done = subprocess.run(
        theirs.command("fast_fail", tmp_path / "runs", "--platform", str(wrong)), env=as_user(tmp_path / "state"),
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    (run,) = (tmp_path / "runs").iterdir()
    kinds = {json.loads(line)["kind"] for line in (run / "run.jsonl").read_text(encoding="utf-8").splitlines()}

    assert done.returncode == 2, done.stdout
    assert "no answer carries the header X-Site" in " ".join(done.stdout.split())
    assert "injected" not in kinds
    assert before == theirs.containers()
