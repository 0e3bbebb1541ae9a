"""The platform's own command for the way back, when it hangs or fails."""

import json
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EMBEDDED = HERE.parents[1] / "drills" / "platforms" / "embedded"
DRILL = f"{HERE / 'quick' / 'odd_bodies.py'}::test_the_way_back_takes_too_long"


@pytest.mark.parametrize(
    ("argv", "message", "code"),
    [
        ('["sleep", "60"]', "still running when its limit of 1s passed", None),
        ('["sh", "-c", "echo no such site >&2; exit 7"]', "ended with exit code 7", 7),
    ],
    ids=["hangs", "fails"],
)
def test_a_way_back_that_does_not_end_well_is_told_as_it_was(command, tmp_path, argv, message, code):
    folder = tmp_path / "platform"
    shutil.copytree(EMBEDDED, folder)
    file = folder / "platform.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    changed = [f"  failback: {argv}" if line.startswith("  failback: [") else line for line in lines]
    assert changed != lines
    file.write_text("\n".join(changed) + "\n", encoding="utf-8")
    runs = tmp_path / "runs"
    done = command("run", DRILL, "--platform", file, "--runs", runs, state=tmp_path / "state")
    said = done.stdout + done.stderr
    run = next(runs.iterdir())
    entries = [json.loads(line) for line in (run / "run.jsonl").read_text(encoding="utf-8").splitlines()]

    assert done.returncode == 2, said
    assert message in said
    assert [code] == [entry["code"] for entry in entries if entry["kind"] == "commanded"]
    assert ("no such site" in said) == (code == 7)
