"""`switchdrill lint PLATFORM`: each thing that is missing is told once, by its line, and nothing else is."""

from pathlib import Path

import pytest

from switchdrill.platform.find import find_file
from switchdrill.platform.gaps import gaps

from .test_run_command import switchdrill

EMBEDDED = find_file("embedded")
TEXT = EMBEDDED.read_text(encoding="utf-8").replace("{here}", str(EMBEDDED.parent))


def found_in(folder: Path, text: str) -> list[tuple[str, int]]:
    """Code and line of every gap."""
    file = folder / "platform.yaml"
    file.write_text(text, encoding="utf-8")
    return [(gap.code, gap.line) for gap in gaps(file)]


def line_of(words: str, text: str) -> int:
    return 1 + text[: text.index(words)].count("\n")


@pytest.mark.parametrize("name", ["embedded", "embedded-articles", "staging"])
def test_the_platforms_that_we_ship_lack_nothing(name):

    assert [] == gaps(find_file(name))


API = f'["{{python}}", "{EMBEDDED.parent}/api.py", --platform, "{{platform}}", --state, "{{state}}", --site, a]'
RUN = f"    run: {API}\n"
THIRD = '  c: {role: standby, address: "${net}.9.1"}\n  b: {role: standby'


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("roll", "roll", "", ""),
        ("role: primary,", "roll: primary,", "P02", "  a: {roll"),
        ("role: standby", "role: witness", "P03", "sites:"),
        ("  b: {role: standby", THIRD, "P04", "  c: {role"),
        (RUN, "", "P04", "name: a.api"),
        ("name: watch, kind: hls", "name: watch, kind: http", "P05", "probes:"),
        ("name: media, kind: hls", "name: media, kind: http", "P06", "probes:"),
        (f"{EMBEDDED.parent}/door.py", "{here}/door.py", "P09", "name: door"),
        ('fence: ["{python}"', "fence: [/nowhere/ctl", "P09", "fence: ["),
        ("title: ", "title: ${nett} ", "P02", "title:"),
        ("  reset: [", "  # reset: [", "P10", "commands:"),
        ("  failback: [", "  # failback: [", "P10", "commands:"),
    ],
    ids=[
        "nothing",
        "unfit",
        "roles",
        "site",
        "service",
        "eyes",
        "viewers",
        "file",
        "program",
        "mark",
        "reset",
        "failback",
    ],
)
def test_what_is_missing_is_told_by_its_line(tmp_path: Path, old: str, new: str, code: str, at: str) -> None:
    text = TEXT.replace(old, new, 1)
    found = found_in(tmp_path, text)

    assert (text != TEXT) == bool(code)
    assert ({(code, line_of(at, text))} if code else set()) == set(found)


def test_a_decision_and_what_can_not_be_right_without_it_are_one_complaint(tmp_path: Path) -> None:
    text = TEXT.replace('address: "${net}.1.1"}', "address: }  # decide: where viewers reach it")
    text = text.replace("inject: true", "inject: true  # decide: may it be broken?")
    first, second = line_of("inject: true", text), line_of("address: }", text)

    assert [("P01", first), ("P01", second)] == found_in(tmp_path, text)
    code, said = switchdrill(tmp_path, "lint", "platform.yaml")
    assert 1 == code
    assert f"P01 platform.yaml:{second} sites.a.address: decide: where viewers reach it" in said


def test_what_is_only_told_is_no_fault(tmp_path: Path) -> None:
    text = TEXT.replace("inject: true", "inject: false")
    (tmp_path / "platform.yaml").write_text(text, encoding="utf-8")
    code, said = switchdrill(tmp_path, "lint", "--platform", "platform.yaml")

    assert 0 == code, said
    assert f"note platform.yaml:{line_of('inject: false', text)} inject: every fault is refused" in said
    assert "fine: nothing is missing" in said


LOG = TEXT[TEXT.index("events:\n") : TEXT.index("commands:\n")]


@pytest.mark.parametrize("log", ["", LOG.replace("detected: site_down, ", "")], ids=["no log", "no detected"])
def test_a_platform_whose_detection_no_log_tells_is_noted_and_no_fault(tmp_path: Path, log: str) -> None:
    text = TEXT.replace(LOG, log)
    (tmp_path / "platform.yaml").write_text(text, encoding="utf-8")
    code, said = switchdrill(tmp_path, "lint", "platform.yaml")

    assert (0, True) == (code, LOG not in text), said
    assert f"note platform.yaml:{line_of('events:', text) if log else 1} events: no log with `detected`" in said


def test_a_runbook_is_held_against_a_platform_that_waits_for_decisions(tmp_path: Path) -> None:
    text = TEXT.replace('address: "${net}.1.1"}', "address: }  # decide: where viewers reach it")
    (tmp_path / "platform.yaml").write_text(text, encoding="utf-8")
    book = Path(__file__).parents[2] / "drills" / "runbooks" / "two-site-fast.yaml"
    code, said = switchdrill(tmp_path, "lint", str(book), "--platform", "platform.yaml")

    assert 1 == code, said
    assert "detection takes 4s to 7s" in said
    assert "P01 platform.yaml" in said


@pytest.mark.parametrize(("content", "words"), [("a: [", "not YAML"), (None, "can't be read")])
def test_a_file_that_is_no_platform_at_all_is_bad_input(tmp_path: Path, content: str | None, words: str) -> None:
    if content is not None:
        (tmp_path / "platform.yaml").write_text(content)
    code, said = switchdrill(tmp_path, "lint", "--platform", "platform.yaml")

    assert (3, True) == (code, words in said), said


def test_an_engine_that_does_not_answer_is_told_and_no_fault(tmp_path: Path) -> None:
    text = TEXT.replace("sites:\n", "docker: {engine: 'unix:///nowhere/docker.sock'}\nsites:\n", 1).replace(
        "  - name: door\n", "  - {name: a.box, site: a, container: {name: no-such}}\n  - name: door\n"
    )
    (tmp_path / "platform.yaml").write_text(text, encoding="utf-8")
    code, said = switchdrill(tmp_path, "lint", "platform.yaml")

    assert 0 == code, said
    assert "the mapping was not looked at" in said


def test_a_straight_link_from_what_is_no_container_is_told(tmp_path: Path) -> None:
    text = TEXT.replace("sites:\n", "docker: {engine: 'unix:///nowhere/docker.sock'}\nsites:\n", 1)
    text = text.replace("  - name: door\n", "  - {name: a.box, site: a, container: {name: no-such}}\n  - name: door\n")
    text = text.replace("links:\n", "links:\n  - {name: door--a.box, from: door, to: a.box, port: 80}\n", 1)

    assert ("P07", line_of("from: door", text)) in found_in(tmp_path, text)
