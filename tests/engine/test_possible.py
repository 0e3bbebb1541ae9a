"""`switchdrill faults --platform`: what can be had there, by what, and why not; on paper only."""

from pathlib import Path

import pytest

from switchdrill.fault import catalogue
from switchdrill.possible import answers, on_paper

from .test_run_command import switchdrill


def test_every_fault_has_an_answer_on_the_platforms_that_we_ship() -> None:
    platform = on_paper("embedded")
    told = {kind: answers(fault, platform) for kind, fault in catalogue().items()}

    assert [] == [kind for kind, found in told.items() if not found]
    stall = next(each for each in told["site-loss"] if each.how == "shape=stall")
    assert (True, ("a", "b")) == (stall.is_possible, stall.parts)
    lines = {part for each in told["egress-loss"] for part in each.parts}
    assert {"a-public", "a-ingest", "private", "b-public", "b-ingest"} == lines
    assert [("telecom", "unicom")] == [each.parts for each in told["operator-loss"]]
    kill = told["service-kill"]
    assert [(True, True)] == [(each.is_possible, "a.api" in each.parts) for each in kill]
    assert "kill of the processes of" in kill[0].said


def test_links_of_the_same_answer_stand_in_one_line(tmp_path: Path) -> None:
    code, said = switchdrill(tmp_path, "faults", "--platform", "embedded")

    assert 0 == code, said
    of_links = [line for line in said.splitlines() if "a.origin--viewers" in line]
    rated = [line.count("possible (rate=") for line in of_links if "rate=" in line]
    assert [1, 1] == rated  # link-bandwidth and shared-bandwidth
    assert [] == list(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("inject: true", "inject: false", "inject: false"), ("production: false", "production: true", "production: true")],
)
def test_a_platform_that_may_not_be_broken_says_so_first(tmp_path: Path, old: str, new: str, words: str) -> None:
    embedded = Path(__file__).parents[2] / "drills" / "platforms" / "embedded" / "platform.yaml"
    text = embedded.read_text(encoding="utf-8").replace(old, new).replace("{here}", str(embedded.parent))
    (tmp_path / "platform.yaml").write_text(text, encoding="utf-8")
    code, said = switchdrill(tmp_path, "faults", "--platform", "platform.yaml")

    assert (0, True) == (code, f"its file says {words}" in said.splitlines()[0]), said


def test_a_platform_that_is_none_is_told(tmp_path: Path) -> None:

    assert 3 == switchdrill(tmp_path, "faults", "--platform", "nowhere")[0]
