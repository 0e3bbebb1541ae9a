"""A lost site is fenced before its way is opened again, and once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from switchdrill.errors import CouldNotHeal
from switchdrill.machine import process
from switchdrill_faults import SiteLoss
from switchdrill_faults.fence import fence
from switchdrill_faults.toxiproxy import spawn
from tests.faults.losses import FAST_FAIL, STALL, Make


def test_healing_a_whole_site_restarts_nothing_and_fences_nothing(carried_platform: Make, tmp_path: Path) -> None:
    fenced = tmp_path / "fenced"
    small = carried_platform(fence=["/usr/bin/touch", str(fenced)])
    undo = STALL.plan(small.platform)[0]

    said = SiteLoss.heal(undo)

    assert "nothing was done" in said
    assert process.name_of(small.records[0].pid) is not None
    assert not fenced.exists()


def test_a_site_is_fenced_before_its_way_is_opened(carried_platform: Make, net: str, tmp_path: Path) -> None:
    """The fence command itself looks whether the site can be reached while it runs."""
    seen = tmp_path / "seen.json"
    look = (
        "import json, socket, sys\n"
        "def look():\n"
        "    try:\n"
        f"        socket.create_connection(('{net}.1.1', 18301), timeout=1).close(); return 'open'\n"
        "    except OSError as problem:\n"
        "        return type(problem).__name__\n"
        f"open({str(seen)!r}, 'w').write(json.dumps([sys.argv[1], look()]))\n"
    )
    small = carried_platform(fence=[sys.executable, "-c", look, "{site}"])
    undo = FAST_FAIL.plan(small.platform)[0]
    FAST_FAIL.inject([undo])

    said = SiteLoss.heal(undo)

    assert json.loads(seen.read_text()) == ["a", "ConnectionRefusedError"]
    assert "fenced" in said
    assert small.answers() == small.all_good()


@pytest.mark.parametrize("fault", [STALL, FAST_FAIL], ids=repr)
@pytest.mark.parametrize(
    ("fence", "why"),
    [
        (["/bin/sh", "-c", "echo the standby does not answer >&2; exit 7"], "the standby does not answer"),
        (["/bin/sh", "-c", "/bin/sleep 60"], "not done within 0.3 s"),
        (["/nowhere/fence"], "No such file"),
    ],
)
def test_when_fencing_fails_the_way_stays_closed(
    fault: SiteLoss, fence: list[str], why: str, carried_platform: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchdrill_faults.fence._LIMIT_S", 0.3)
    small = carried_platform(fence=fence)
    undo = fault.plan(small.platform)[0]
    fault.inject([undo])
    broken = small.answers()

    for _twice in range(2):
        with pytest.raises(CouldNotHeal) as raised:
            SiteLoss.heal(undo)

    assert why in str(raised.value)
    assert raised.value.exit_code == 4
    assert "switchdrill heal" in (raised.value.now or "")
    assert small.answers() == broken
    mended = undo.model_copy(update={"facts": {**undo.facts, "fence": ["/bin/true"]}})
    SiteLoss.heal(mended)
    assert small.answers() == small.all_good()


def test_two_healers_at_once_fence_once_and_restart_once(carried_platform: Make, tmp_path: Path) -> None:
    count = tmp_path / "fenced"
    small = carried_platform(fence=["/bin/sh", "-c", f"echo fenced >> {count}; sleep 0.3"])
    undo = STALL.plan(small.platform)[0]
    STALL.inject([undo])
    program = (
        "import sys; from switchdrill.fault import catalogue; from switchdrill.undo import Undo\n"
        "undo = Undo.model_validate_json(sys.argv[1])\n"
        "print(catalogue()[undo.kind].heal(undo))"
    )

    healers = [
        subprocess.Popen([sys.executable, "-c", program, undo.model_dump_json()], stdout=subprocess.PIPE, text=True)
        for _twice in range(2)
    ]
    said = [healer.communicate(timeout=60)[0] for healer in healers]

    assert [healer.returncode for healer in healers] == [0, 0]
    assert count.read_text() == "fenced\n", said
    assert len(list(spawn.marked(small.state))) == 2
    assert small.answers() == small.all_good()


def test_a_platform_that_others_have_started_has_no_folder_and_is_fenced_all_the_same(tmp_path: Path) -> None:
    fenced = tmp_path / "fenced"

    fence("a", ["touch", str(fenced)], cwd=tmp_path / "runs" / "one" / "platform")

    assert fenced.exists()
