"""Who is not root drills the packet path in a network namespace of his own, and everything of it comes home."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from switchdrill.machine import network
from switchdrill.machine.network import NetworkName
from switchdrill.machine.process import ProcessName, is_running
from switchdrill.platform.home import Residents
from switchdrill.platform.model import Platform
from switchdrill.yamlfile import read
from tests.drill.ordinary import Ordinary, ordinary
from tests.drill.quickened import Quickened, quickened

pytestmark = pytest.mark.needs_ordinary_user
BLACK_HOLE = Path(__file__).parent / "quick" / "black_hole.py"
OWN = "nftables in a network namespace of the run's own"
_ASK = """
import sys, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=1).status)
except OSError as problem:
    print(getattr(problem, "reason", problem))
"""


@pytest.fixture(scope="module")
def he(toxiproxy_rung):
    with ordinary(Path(toxiproxy_rung.binary)) as user:
        yield user
        assert user.processes() == []
        assert list((user.home / "state").rglob("*")) == []


@pytest.fixture(scope="module")
def pair(he):
    folder = he.home.parent / "quick"
    folder.mkdir()
    return quickened(folder)


def drill(name: str, *, platform: object, pair: Quickened, he: Ordinary) -> list[object]:
    options = ["--platform", platform, "--runbook", pair.runbook, "--runs", he.home / "runs"]
    return ["run", f"{BLACK_HOLE}::{name}", *options]


def entries(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "run.jsonl").read_bytes().split(b"\n")[:-1]]


def has(folder: Path, **wanted: object) -> bool:
    return any(wanted.items() <= entry.items() for entry in entries(folder))


@pytest.fixture(scope="module")
def played(he, pair):
    """(exit code, words, run folder) of a drill on a platform of its own; on a machine that is too busy to see a site
    go down in time, of a later one.
    """
    words = drill("test_a_site_falls_silent_for_a_moment", platform=pair.platform, pair=pair, he=he)
    for _try in range(3):
        before = {*(he.home / "runs").glob("*")}
        code, said = he.run(*words)
        folder = next((each for each in (he.home / "runs").glob("*") if each not in before), None)
        assert folder is not None, said
        if has(folder, kind="effect_seen", ok=True):
            break
    return code, said, folder


def test_packets_are_dropped_without_root_and_pass_again(played):
    code, said, folder = played
    effects = [str(each["said"]) for each in entries(folder) if each["kind"] == "effect_seen"]
    homes = [str(each["said"]) for each in entries(folder) if each["kind"] == "healed" and each["fault"] == "site-loss"]

    assert code in (1, 2), said  # the quick drill waits for no switch, so that it never passes
    assert [True] == ["packets dropped" in each for each in effects], said
    assert [True] == [f"packets pass again ({OWN})" in each for each in homes], said
    assert has(folder, kind="closed", by="runner", all_healed=True)


def test_it_is_said_on_the_way_in_the_plan_and_in_the_report(played):
    _code, said, folder = played
    plan = json.loads((folder / "plan.json").read_bytes())

    assert "in a network namespace of the run's own" in said
    assert plan["machine"]["network"] == "network namespace of the run's own"
    assert [each["mechanism"] for fault in plan["faults"] for each in fault["undos"]] == [OWN]
    assert "network namespace of the run's own" in (folder / "report.en.html").read_text(encoding="utf-8").replace(
        "&#39;", "'"
    )


def test_nothing_of_it_is_left_and_all_files_are_his_own(he, played):
    _code, _said, folder = played
    undo = json.loads(next(folder.glob("undo/*-site-loss.json")).read_bytes())

    assert he.processes() == []
    assert network.inhabitant(NetworkName.model_validate(undo["network"])) is None
    assert {path.stat().st_uid for path in folder.rglob("*")} == {he.home.stat().st_uid}


def test_where_it_is_refused_the_packet_path_is_as_before(he, pair):
    words = drill("test_a_site_falls_silent_for_a_moment", platform=pair.platform, pair=pair, he=he)
    code, said = he.run(*words, "--dry-run", "--own-network", "no")

    assert code == 3, said
    assert "blackhole needs the packet path: nftables on this host need root" in said


def test_what_can_not_be_had_is_refused_with_the_reason(he):
    code, said = he.run("run", BLACK_HOLE, "--platform", "staging", "--dry-run", "--own-network", "yes")

    assert code == 3, said
    assert "the platform has containers, whose networks are their engine's" in said


def test_the_doctor_says_that_it_can_be_had(he):
    _code, said = he.run("doctor")

    assert "met      without root     yes: in a network namespace of the run's own" in said


class Stood:
    """His platform, up in a network namespace of its own."""

    def __init__(self, he: Ordinary, file: Path) -> None:
        self.he = he
        self.platform = read(file, Platform)
        known = Residents.model_validate_json((file.parent / "is-up.json").read_bytes())
        assert known.network is not None
        self.network = known.network

    def seen(self) -> str:
        """What a viewer in there sees of the primary."""
        pid = network.inhabitant(self.network)
        assert pid is not None
        site = self.platform.sites[self.platform.site_with_role("primary")]
        entry = self.platform.entries["live"]
        url = f"http://{site.address}:{entry.port}{entry.path}"
        argv = network.inside(self.network, pid, [sys.executable, "-c", _ASK, url])
        return subprocess.run(argv, capture_output=True, text=True, timeout=20, check=True).stdout.strip()


@pytest.fixture(scope="module")
def stood(he, pair):
    code, said = he.run("up", pair.platform, "--own-network", "yes")
    assert code == 0, said
    yield Stood(he, next(Path(line) for line in said.splitlines() if line.endswith("/platform.yaml")))
    code, said = he.run("down", "embedded")
    assert code == 0, said


def test_when_runner_and_healer_are_killed_who_heals_outside_goes_in_there(he, pair, stood):
    before = {*(he.home / "runs").glob("*")}
    child = he.start(*drill("test_a_site_falls_silent_until_somebody_acts", platform="embedded", pair=pair, he=he))
    folder = wait_until(
        lambda: next((each for each in (he.home / "runs").glob("*") if each not in before), None),
        within_s=40, what="the run's folder",
    )  # fmt: skip
    wait_until(
        lambda: (folder / "run.jsonl").exists() and has(folder, kind="began", part="hold"),
        within_s=60, what="a site that is silent",
    )  # fmt: skip
    pointer = json.loads(next((he.home / "state" / "switchdrill" / "open").glob("*.json")).read_bytes())
    healer = ProcessName.model_validate(pointer["healer"])
    os.kill(healer.pid, signal.SIGSTOP)  # it may not see the runner go
    os.kill(int(pointer["runner"]["pid"]), signal.SIGKILL)
    os.kill(healer.pid, signal.SIGKILL)
    child.communicate(timeout=30)
    wait_until(lambda: not is_running(healer), within_s=10, what="the healer's end")

    assert stood.seen() == "timed out"
    code, said = he.run("heal", folder)

    assert code == 0, said
    assert f"packets pass again ({OWN})" in said
    assert stood.seen() == "200"
    assert "nothing is open" in he.run("heal", "--all")[1]
