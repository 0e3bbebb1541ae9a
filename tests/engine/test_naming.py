"""What a file may say at all: names, lines and numbers that nothing can be built on are refused by line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchdrill import yamlfile
from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.runbook.model import Runbook

DRILLS = Path(__file__).parents[2] / "drills"
BOOK = (DRILLS / "runbooks" / "two-site-fast.yaml").read_text(encoding="utf-8")
PLATFORM = (DRILLS / "platforms" / "embedded" / "platform.yaml").read_text(encoding="utf-8")
TEXTS: dict[type[Runbook] | type[Platform], str] = {Runbook: BOOK, Platform: PLATFORM}


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def refused(text: str, model: type[Runbook] | type[Platform]) -> str:
    with pytest.raises(BadInput) as caught:
        yamlfile.parse(text, model, where="some.yaml", values={"net": "127.16"})
    return str(caught.value)


@pytest.mark.parametrize(
    ("model", "old", "new", "words"),
    [
        (Runbook, "viewers: 200", "viewers: 1000001", ["at most 1000000 viewers", "one process"]),
        (Runbook, "probe_every: 100ms", "probe_every: 0s", ["measurement.probe_every", "above zero"]),
        (Runbook, "probe_timeout: 1s", "probe_timeout: 0ms", ["measurement.probe_timeout", "above zero"]),
        (Runbook, "  hold: 12s", "  hold: 0s", ["objectives.hold", "above zero"]),
        (Runbook, "  steady: 8s", "  steady: 0s", ["objectives.steady", "above zero"]),
        (Runbook, "  control: 5s", "  control: 0s", ["objectives.control", "above zero"]),
        (Runbook, "source: gslb, every: 2s", "source: gslb, every: 0s", ["triggers.0.every", "above zero"]),
        (Runbook, "  hold: 12s", "  hold: 8785h", ["objectives.hold", "at most 366 days"]),
        (Runbook, "  hold: 12s", f"  hold: {'9' * 5000}h", ["objectives.hold"]),
        (Runbook, "  hold: 12s", "  hold: １２s", ["objectives.hold", "with its unit"]),
        (Runbook, "id: two-site-fast", 'id: "two\\nsites"', ["id:", "a name of 1 to 100 letters"]),
        (Runbook, "id: two-site-fast", "id: ..", ["id:", "not only dots"]),
        (Runbook, "id: two-site-fast", "id: ../../etc", ["id:", "a name of"]),
        (Runbook, "service: live", 'service: "l\\x1b[2Jive"', ["service:", "one line of printable text"]),
        (Runbook, "service: live", 'service: "l\\nive"', ["service:", "one line of printable text"]),
        (Runbook, "service: live", 'service: "l\\ud800ive"', ["service:", "one line of printable text"]),
        (Runbook, "id: s01,", 'id: "s\\x07",', ["steps.0.id", "a name of"]),
        (Runbook, "  small: {", '  "sm\\nall": {', ["load.sm\\nall", "a name of"]),
        (Platform, "id: embedded", "id: .", ["id:", "not only dots"]),
        (Platform, "id: embedded", "id: ..", ["id:", "not only dots"]),
        (Platform, "id: embedded", f"id: {'x' * 101}", ["id:", "1 to 100"]),
        (
            Platform,
            "sites:\n",
            "sites:\n  z: {role: primary, address: 127.9.9.9}\n",
            ["only one site is the primary, not z, a"],
        ),
        (
            Platform,
            "sites:\n",
            "sites:\n  z: {role: witness, address: '${net}.2.1'}\n",
            ["sites z and b have the same address"],
        ),
        (Platform, "detector: {every: 2s", "detector: {every: 0s", ["detector.every", "above zero"]),
        (Platform, "entry: live, every: 100ms", "entry: live, every: 0s", ["probes.0.every", "above zero"]),
        (
            Platform,
            "ledger: gifts, every: 200ms, timeout: 1s",
            "ledger: gifts, every: 200ms, timeout: 0s",
            ["probes.5.timeout"],
        ),
        (
            Platform,
            "live: {name: live.test, port: 18080",
            "live: {name: live.test, port: '１８０８０'",
            ["entries.live.port"],
        ),
        (Platform, "authority: ${net}.0.1:18053", "authority: ${net}.0.1:１８０５３", ["authority", "ADDRESS:PORT"]),
        (Platform, "authority: ${net}.0.1:18053", "authority: gslb:18053", ["authority", "a numeric address"]),
        (Platform, "authority: ${net}.0.1:18053", 'authority: "fe80::1%\\x1b:53"', ["authority", "a numeric address"]),
        (Platform, "title: Embedded", "state: /tmp/elsewhere\ntitle: Embedded", ["state", "written by the engine"]),
        (Platform, "title: Embedded", "carried: foreign\ntitle: Embedded", ["carried", "written by the engine"]),
        (Platform, "title: Embedded", "gateways: [10.9.0.1]\ntitle: Embedded", ["gateways", "written by the engine"]),
    ],
)
def test_a_file_is_refused_by_line(model: type[Runbook] | type[Platform], old: str, new: str, words: list[str]) -> None:
    text = TEXTS[model]
    assert old in text
    said = refused(text.replace(old, new), model)

    assert f"some.yaml:{line_of(text, old)}" in said
    assert [] == [word for word in words if word not in said], said


def test_what_is_not_yaml_is_refused_by_the_line_at_which_that_shows() -> None:
    old = "title: Embedded"
    assert old in PLATFORM
    said = refused(PLATFORM.replace(old, 'title: "\\x9b31m\n'), Platform)

    assert "some.yaml:" in said
    assert "not YAML" in said


def test_a_load_may_come_at_once_and_a_title_may_be_in_any_script() -> None:
    book = yamlfile.parse(BOOK.replace("ramp: 5s", "ramp: 0s").replace("id: s01", "id: S_0-1.x"), Runbook, where="x")

    assert 0 == book.load["peak"].ramp
    assert book.title.startswith("两地两中心")


def test_what_the_engine_wrote_is_read_where_it_wrote_it_and_nowhere_else(tmp_path: Path) -> None:
    text = PLATFORM.replace("${net}", "127.16") + f"\nstate: {tmp_path}\ncarried: foreign\n"
    for folder in (tmp_path, tmp_path / "copy"):
        folder.mkdir(exist_ok=True)
        (folder / "platform.yaml").write_text(text, encoding="utf-8")

    assert "foreign" == yamlfile.read(tmp_path / "platform.yaml", Platform).carried
    with pytest.raises(BadInput, match="written by the engine"):
        yamlfile.read(tmp_path / "copy" / "platform.yaml", Platform)


@given(st.text(min_size=1))
def test_no_word_of_a_file_reaches_a_terminal_raw(text: str) -> None:
    said = str(BadInput(text, where=text, because=text, now=text))

    assert "" == "".join(each for each in said if each not in "\n\t" and (ord(each) < 32 or 127 <= ord(each) < 160))


def test_half_a_character_is_shown_as_its_number() -> None:

    assert "\\ud800" == str(BadInput("\ud800"))


def test_a_carriage_return_in_a_log_can_not_hide_what_stands_before_it() -> None:
    said = str(BadInput("x", because="one\r\ntwo 10%\rtwo 20%\x1b[31m\u202e"))

    assert ["x", "  because  one", "           two 10%\\rtwo 20%\\x1b[31m\\u202e"] == said.split("\n")
