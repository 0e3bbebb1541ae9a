"""Every command's exit code means one thing: a wrong command line is 3, could not start, and 2 is inconclusive only."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from switchdrill.cli import main

from .test_run_command import switchdrill

COMMANDS = ["doctor", "down", "faults", "heal", "init", "judge", "lint", "report", "run", "up"]


@pytest.mark.parametrize(
    "words",
    [
        (), ("--bogus",), ("nope",), ("lint",), ("run",), ("run", "x", "--kind", "fun"), ("heal",), ("doctor", "extra"),
        ("up", "--bogus", "x"), ("judge", "a", "b"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_command_line_could_not_start(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, said = switchdrill(tmp_path, *words)

    assert (3, True) == (code, "Usage: " in said), said


def test_help_says_what_every_exit_code_means(tmp_path: Path) -> None:
    code, said = switchdrill(tmp_path, "--help")

    assert 0 == code
    assert ["0", "1", "2", "3", "4"] == [line.split()[0] for line in said.splitlines() if line[:6].strip().isdigit()]
    assert COMMANDS == [line.split()[0] for line in said.split("Commands:\n")[1].splitlines()]
    assert "..." not in said.split("Commands:")[1]


def test_another_users_run_is_not_healed_as_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "undo").mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    own = CliRunner().invoke(main, ["heal", str(tmp_path)])
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    others = CliRunner().invoke(main, ["heal", str(tmp_path)])

    assert (0, 3) == (own.exit_code, others.exit_code), own.output + others.output
    assert "its undos hold commands" in others.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    code, said = switchdrill(tmp_path, command, "--help")

    assert (0, True) == (code, said.startswith(f"Usage: python -m switchdrill {command} ")), said
    assert "\n  " in said.split("Options:")[0]


@pytest.mark.parametrize(("book", "code", "words"), [("two-site", 0, "fine: "), ("nowhere", 3, "can't be read")])
def test_lint_says_that_all_is_fine_in_so_many_words(tmp_path: Path, book: str, code: int, words: str) -> None:
    runbooks = Path(__file__).parents[2] / "drills" / "runbooks"
    ended, said = switchdrill(tmp_path, "lint", str(runbooks / f"{book}.yaml"))

    assert (code, True) == (ended, words in said), said
