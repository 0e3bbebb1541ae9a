"""Before anything is broken the platform says itself whether it stands as before a drill."""

import json


def test_a_platform_that_is_not_ready_ends_the_drill_before_it_began(start, own_commanded_by):
    check = ["sh", "-c", "echo site b takes writes, too; exit 1"]
    run = start(platform=own_commanded_by(check=check, reset=None))
    code, said = run.end()

    assert code == 3, said
    assert "site b takes writes, too" in said
    assert not run.has(kind="injected")
    assert run.result()["verdict"] is None


def test_it_is_reset_once_and_then_drilled(start, own_commanded_by, tmp_path):
    done = tmp_path / "done"
    check, reset = ["test", "-e", str(done)], ["touch", str(done)]
    run = start(platform=own_commanded_by(check=check, reset=reset))
    _code, said = run.end()

    assert run.has(kind="injected"), said
    commands = [entry["command"] for entry in run.entries() if entry["kind"] == "commanded"]
    assert commands[:3] == ["check", "reset", "check"]
    assert any("was reset before the drill" in entry["said"] for entry in run.entries() if entry["kind"] == "noted")


def test_a_reset_that_does_not_help_ends_it(start, own_commanded_by):
    run = start(platform=own_commanded_by(check=["false"], reset=["true"]))
    code, said = run.end()

    assert code == 3, said
    commands = [(entry["command"], entry["code"]) for entry in run.entries() if entry["kind"] == "commanded"]
    assert commands == [("check", 1), ("reset", 0), ("check", 1)]


def test_the_rest_of_a_night_goes_on(start, own_commanded_by, tmp_path):
    """The first drill finds the platform off and can't mend it; the second one finds it well."""
    once = tmp_path / "once"
    check = ["sh", "-c", f"test -e {once} || {{ touch {once}; exit 1; }}"]
    run = start("test_a_site_is_lost_for_a_moment", platform=own_commanded_by(check=check, reset=None))
    code, said = run.end()
    folders = sorted(run.runs.iterdir())

    assert code == 3, said
    assert len(folders) == 2, said
    kinds = [[json.loads(line)["kind"] for line in (each / "run.jsonl").read_text().splitlines()] for each in folders]
    assert ["injected" in each for each in kinds] == [False, True]
    assert [line[0] for line in said.splitlines() if folders[0].name in line and "not started" in line] == ["3"]
