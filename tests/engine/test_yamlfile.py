import pytest

from switchdrill import yamlfile
from switchdrill.containers.compose import Compose
from switchdrill.duration import Duration
from switchdrill.errors import BadInput
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.runbook.model import Load, Runbook
from switchdrill.yamlfile import Strict


class Inner(Strict):
    every: Duration
    count: int = 1


class Outer(Strict):
    name: str
    rules: list[Inner] = []
    is_real: bool = False
    share: float = 1
    port: int | None = None
    ports: list[int] = []
    numbered: dict[str, int | str] = {}


def complaint(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        yamlfile.parse(text, Outer, where="book.yaml")
    return str(caught.value)


def test_a_good_file_is_read():

    assert 2_000_000_000 == yamlfile.parse("name: a\nrules: [{every: 2s}]\n", Outer, where="x").rules[0].every


def test_yaml_1_2_does_not_turn_words_into_truths():

    assert "on" == yamlfile.parse("name: on\n", Outer, where="x").name


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: a\nrules:\n  - every: 2s\n    evry: 3s\n", 4, ["rules.0.evry", "unknown key"]),
        ("name: a\nrules:\n  - every: 2:30\n", 3, ["rules.0.every", "50ms, 90s or 2m30s", "2:30"]),
        ("name: a\nrules:\n  - every: 90\n", 3, ["rules.0.every", "with its unit"]),
        ("name: a\nname: b\n", 2, ["twice", "name"]),
        ("rules: []\n", 1, ["name", "missing"]),
        ("name: a\nrules:\n  - {every: 2s, count: many}\n", 3, ["rules.0.count", "integer"]),
        ("name: [a\nrules: ]]\n", 2, ["not YAML"]),
        ("- a\n- b\n", 1, ["mapping"]),
        ("", 1, ["mapping"]),
    ],
)
def test_a_bad_file_is_named_with_line_path_and_what_was_expected(text, line, words):
    said = complaint(text)

    assert f"book.yaml:{line}" in said
    assert [] == [word for word in words if word not in said]


@pytest.mark.parametrize(
    ("line", "at", "words"),
    [
        ('is_real: "no"', "is_real", 'true or false is expected, without quotes, not "no"'),
        ("is_real: yes", "is_real", 'true or false is expected, without quotes, not "yes"'),
        ("is_real: 1", "is_real", "true or false is expected, without quotes, not 1"),
        ("port: true", "port", "integer is expected, without quotes, not true"),
        ('port: "80"', "port", 'integer is expected, without quotes, not "80"'),
        ("port: 80.0", "port", "integer is expected, without quotes, not 80.0"),
        ("port: &one true", "port", "integer is expected, without quotes, not true"),
        ("ports: [80, true]", "ports.1", "integer is expected, without quotes, not true"),
        ("share: true", "share", "a number is expected, without quotes, not true"),
        ('share: "0.5"', "share", 'a number is expected, without quotes, not "0.5"'),
        ("title: [x]", "title", "unknown key"),
        ("name: 2026-11-21", "name", "text is expected, in quotes where it looks like something else, not 2026-11-21"),
        ("name: [a]", "name", "not a list"),
    ],
)
def test_a_value_of_another_kind_is_refused_and_told_as_it_stands_there(line, at, words):
    said = complaint(f"{line}\n" if line.startswith("name") else f"name: a\n{line}\n")

    assert f"book.yaml:{1 if line.startswith('name') else 2}" in said
    assert f"{at}: " in said
    assert words in said
    assert "mend the file" in said


def test_values_of_the_right_kind_stay_what_they_are():
    text = "name: &n 'true'\nis_real: &yes true\nshare: 1\nport: 0x50\nnumbered: {a: 1, b: '1'}\n"
    read = yamlfile.parse(text, Outer, where="x")

    assert ("true", True, 1.0, 80, {"a": 1, "b": "1"}) == (
        read.name, read.is_real, read.share, read.port, read.numbered,
    )  # fmt: skip


def test_no_model_that_is_read_from_a_file_takes_one_kind_for_another():
    """None of platforms, runbooks and Compose files says for itself that it is less strict."""
    found, new = set(), {Strict}
    while new:
        found |= new
        new = {child for each in new for child in each.__subclasses__()}

    assert {Platform, Link, Runbook, Load, Compose} <= found
    assert [] == [each for each in found if each.model_config.get("strict") is not True]


def test_all_complaints_come_at_once():
    said = complaint("nam: a\nrules:\n  - every: 5\n  - every: 6\n")

    assert all(part in said for part in ("nam: unknown key", "rules.0.every", "rules.1.every"))


@pytest.mark.parametrize(
    "text",
    ["[" * 10_000, "{a: " * 10_000, "\n".join(" " * n + "- a:" for n in range(10_000)), "- " * 10_000],
    ids=["brackets", "braces", "indents", "dashes"],
)
def test_a_file_nested_ten_thousand_deep_is_refused_quickly(text):

    assert "nested deeper" in complaint(text)


def test_a_file_that_is_missing_names_itself(tmp_path):
    with pytest.raises(BadInput, match="can't be read"):
        yamlfile.read(tmp_path / "none.yaml", Outer)


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"name: a\n# caf\xe9\n")
    with pytest.raises(BadInput) as caught:
        yamlfile.read(path, Outer)

    assert f"{path}:2" in str(caught.value)
    assert "0xe9" in str(caught.value)


def test_aliases_can_not_blow_up():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [" + ",".join([f"*{chr(97 + n)}"] * 9) + "]\n" for n in range(12)
    )

    assert "unknown key" in complaint(bomb)


@pytest.mark.parametrize("value", ["!!bool maybe", "!!int 0b", '!!int ""', '!!float ""', "2026-02-30"])
def test_values_that_do_not_fit_their_tags_are_refused(value):
    assert complaint(f"name: {value}\n")


@pytest.mark.parametrize(
    "text", ["? " * 18 + "a", "? " * 4000, "a:\n  - ? b", "\n".join(" " * n + "a:" for n in range(255))]
)
def test_what_takes_a_parser_for_ever_is_refused_at_once(text):
    assert "now" in complaint(text)


def test_an_anchor_that_is_used_twice_is_legal(recwarn):
    said = complaint("one: &h x\ntwo: &h y\n")

    assert "unknown key" in said
    assert [] == list(recwarn)
