"""What a drill's author may write, and what the engine makes of it."""

import pytest

from tests.drill.conftest import starting

ODD = "odd_bodies.py"


@pytest.fixture(scope="module")
def nested(standing, tmp_path_factory):
    """(what a drill recorded that has one block inside another and one after another, what was not whole after it)."""
    with starting(standing, tmp_path_factory.mktemp("nested")) as start:
        run = start("test_one_block_inside_another_and_one_after_another", file=ODD)
        run.end()
        return run.entries(), standing.is_whole()


def test_leaving_an_inner_block_heals_only_what_that_block_broke(nested):
    entries, not_whole = nested
    healed = [entry["undo"] for entry in entries if entry["kind"] == "healed"]
    heals = [n for n, entry in enumerate(entries) if entry["kind"] == "began" and entry["part"] == "heal"]
    holds = [n for n, entry in enumerate(entries) if entry["kind"] == "began" and entry["part"] == "hold"]

    assert healed == ["0003-site-loss", "0002-site-loss", "0006-site-loss", "0001-platform"]
    assert holds[0] < heals[0] < holds[1] < heals[1] < holds[2] < heals[2]
    assert not_whole == ""


def test_each_block_has_a_proof_of_its_own(nested):
    entries, _not_whole = nested
    seen = [(entry["target"], entry["ok"], entry["said"]) for entry in entries if entry["kind"] == "effect_seen"]

    assert [("watch.a", True), ("watch.b", True), ("watch.b", True)] == [(target, ok) for target, ok, _said in seen]
    assert all("good" not in said for _target, _ok, said in seen)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("test_more_is_broken_than_was_planned", "is not in the plan, so it is not made"),
        ("test_it_waits_for_a_switch_that_happened", "viewers are served by site a already"),
    ],
)
def test_what_was_not_planned_or_can_not_be_measured_is_not_broken(start, standing, name, message):
    run = start(name, file=ODD)
    code, said = run.end()

    assert code == 2, said
    assert message in said
    assert not run.has(kind="injected")
