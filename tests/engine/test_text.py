"""Chinese at a terminal: whole lines, and columns that stand below one another."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from switchdrill import yamlfile
from switchdrill.cli import main
from switchdrill.doctor.examination import examine
from switchdrill.errors import BadInput, CouldNotHeal
from switchdrill.runbook.model import Runbook
from switchdrill.running.progress import Progress
from switchdrill.text import _, cells_of, padded

BOOKS = Path(__file__).parents[2] / "drills" / "runbooks"


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHDRILL_LANG", "zh")


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("ab", 2), ("切换", 4), ("a切b", 4), ("（顶层）", 8), ("e\u0301", 1), ("ＡＢ", 4), ("ｱ", 1)],
)
def test_a_chinese_character_takes_two_cells(text: str, cells: int) -> None:

    assert cells == cells_of(text)
    assert cells + 3 == cells_of(padded(text, cells + 3))
    assert text == padded(text, cells - 1)


def test_the_columns_of_an_error_stand_below_one_another_in_chinese(chinese: None) -> None:
    said = str(CouldNotHeal("x", where="here", because="one\ntwo", now="mend it", meanwhile="it stays"))

    assert [
        "x",
        "  位置  here",
        "  原因  one",
        "        two",
        "  处理  mend it",
        "  现状  it stays",
    ] == said.splitlines()


def test_the_columns_of_the_doctor_stand_below_one_another_in_chinese(chinese: None) -> None:
    *lines, _drill, _containers = "\n".join(examine(mend=False).lines).splitlines()
    columns = [line for line in lines if line[:27].strip()]  # what is left is a command's second line
    shown = ["".join(each + "\0" * (cells_of(each) - 1) for each in line) for line in columns]

    assert len(shown) > 8
    assert [] == [line for line in shown if line[8] != " " or line[25] != " " or line[26] in " \0"]
    assert [] == [line for line in shown if line[0] != " " and line[9] in " \0"]


def test_a_live_line_wipes_the_longer_one_before_it_in_chinese(chinese: None) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = Progress(stream)
    progress.fault = "site-loss (整站失效)"
    progress.tick(force=True)
    progress.fault = ""
    progress.tick(force=True)
    progress.close()
    _nothing, long, short = stream.getvalue().rstrip("\n").split("\r")

    assert "故障：site-loss (整站失效)" in long
    assert "无故障" in short
    assert cells_of(long) == cells_of(short)


def test_a_bad_file_is_told_in_chinese(chinese: None) -> None:
    text = "schema: switchdrill.runbook/v1\nkinds: []\nload: {peak: {viewers: many, ramp: 5}}\n"
    with pytest.raises(BadInput) as caught:
        yamlfile.parse(text, Runbook, where="book.yaml")
    said = str(caught.value)

    assert [] == [word for word in ("Input", "should", "expected", "missing", "List") if word in said]
    assert "load.peak.viewers: 应为整数" in said
    assert "load.peak.ramp: 应为带单位的时长" in said
    assert "kinds: 至少应有 1 项，现有 0 项" in said


def test_nothing_said_is_nothing_in_chinese(chinese: None) -> None:
    """Gettext answers an empty message with the catalogue's header."""

    assert _("") == ""


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SWITCHDRILL_LANG": "zh"}, "位置"),
        ({"SWITCHDRILL_LANG": "en", "LANG": "zh_CN.UTF-8"}, "where"),
        ({"LANG": "zh_CN.UTF-8"}, "位置"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "where"),
        ({"LANG": "de_DE.UTF-8"}, "where"),
        ({}, "where"),
    ],
)
def test_the_terminal_decides_the_language_unless_it_is_asked_for(
    environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SWITCHDRILL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert said == _("where")


def test_lint_speaks_chinese_and_leaves_names_and_figures_alone(chinese: None) -> None:
    done = CliRunner().invoke(main, ["lint", str(BOOKS / "two-site-fast.yaml")])

    assert [
        "switch：3 × 2s + 1s（fixed）：检测用时 4s 至 7s",
        "没有问题：从计算上看，此预案的每项承诺都可能做到；加上 --platform 可进一步核对",
    ] == done.output.splitlines()
    assert 0 == done.exit_code
