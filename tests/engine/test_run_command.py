"""`switchdrill run`: what goes wrong around a drill is told in a sentence, and never ends as a pass."""

import subprocess
import sys
from pathlib import Path

import pytest

from switchdrill.cli.drills import _of_pytest
from switchdrill.errors import loudest

ROOT = Path(__file__).parents[2]
EMBEDDED = ROOT / "drills" / "platforms" / "embedded"
MARK = '@pytest.mark.drill(runbook="none.yaml")\n'


def switchdrill(folder: Path, *words: str, **more: str) -> tuple[int, str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "SWITCHDRILL_LANG": "en", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "switchdrill", *words],
        cwd=folder, env={**environment, "XDG_STATE_HOME": str(folder / "state"), **more},
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def run(folder: Path, source: str, *words: str) -> tuple[int, str]:
    (folder / "test_it.py").write_text(f"import pytest\n{source}", encoding="utf-8")
    return switchdrill(folder, "run", "test_it.py", *words)


FIXTURE = "@pytest.fixture\ndef broken():\n    raise KeyError('no such thing')\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("@pytest.mark.drill\ndef test_it(drill): drill.steady()\n", ["names no runbook", "def test_it(drill)"]),
        ('@pytest.mark.drill("a.yaml")\ndef test_it(drill): drill.steady()\n', ["keywords only, not 'a.yaml'"]),
        ("@pytest.mark.drill(runbook=3)\ndef test_it(drill): ...\n", ["the path of a file, not 3"]),
        ('@pytest.mark.drill(runbok="a")\ndef test_it(drill): ...\n', ["runbook, kind, covers, not runbok"]),
        ('@pytest.mark.drill(runbook="a", kind="fun")\ndef test_it(drill): ...\n', ["kind is one of", "not 'fun'"]),
        ('@pytest.mark.drill(runbook="a", covers=7)\ndef test_it(drill): ...\n', ["a list of numbers, not 7"]),
        (f"{MARK}def test_it(): pass\n", ["takes the fixture `drill`", "def test_it(drill)"]),
        (f'{MARK}@pytest.mark.usefixtures("drill")\ndef test_it(): pass\n', ["takes the fixture `drill`"]),
        (f"{MARK}async def test_it(drill): drill.steady()\n", ["`async def` can't be a drill"]),
        (f"import unittest\n{MARK}class TestIt(unittest.TestCase):\n    def test_it(self): pass\n", ["TestCase"]),
        (f"{MARK}def test_it(drill): drill.steady()\n", ["none.yaml", "can't be read"]),
    ],
    ids=[
        "no runbook", "positional", "a number", "a typo", "kind", "covers", "no fixture", "usefixtures", "async",
        "TestCase", "missing file",
    ],
)  # fmt: skip
def test_a_mark_that_can_not_be_right_is_told_in_one_sentence(tmp_path: Path, source: str, words: list[str]) -> None:
    code, said = run(tmp_path, source)

    assert 3 == code, said
    assert [] == [word for word in words if word not in said], said
    assert "Traceback" not in said
    assert "During handling" not in said
    assert "switchdrill: None" not in said
    assert " passed" not in said


@pytest.mark.parametrize(
    "source",
    [
        f"{FIXTURE}{MARK}def test_it(broken, drill): drill.steady()\n",
        f"{MARK}def test_it(drill, nothing_like_it): drill.steady()\n",
        f"{MARK}def test_it(drill): drill.steady()\nimport nowhere_at_all\n",
        "def test_it(drill): drill.steady()\n",
    ],
    ids=["fixture", "no such fixture", "collection", "no mark"],
)
def test_what_goes_wrong_outside_a_drill_could_not_start(tmp_path: Path, source: str) -> None:
    code, said = run(tmp_path, source)

    assert 3 == code, said


def test_a_fixture_that_wraps_the_drill_is_a_drill(tmp_path: Path) -> None:
    wrapped = "@pytest.fixture\ndef mine(drill): return drill\n"
    asked = '@pytest.fixture\ndef mine(request): return request.getfixturevalue("drill")\n'
    for source in (wrapped, asked):
        code, said = run(tmp_path, f"{source}{MARK}def test_it(mine): mine.steady()\n")

        assert 3 == code, said
        assert "none.yaml" in said, said
        assert "takes the fixture" not in said


def test_a_program_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    text = (EMBEDDED / "platform.yaml").read_text(encoding="utf-8").replace("{here}", str(EMBEDDED))
    (tmp_path / "platform.yaml").write_text(text.replace('fence: ["{python}"', 'fence: ["/nowhere/ctl"'))
    drill = f"{ROOT}/drills/test_site_loss.py"
    words = ["run", drill, "-k", "fast_fail", "--dry-run", "--platform", str(tmp_path / "platform.yaml")]
    code, said = switchdrill(tmp_path, *words)

    assert code == 3, said
    assert "commands.fence: /nowhere/ctl" in said
    assert "commands.check" not in said, "the run's own folder lies below the file's: what it will make is not missing"
    assert "dry run of" not in said


def test_a_path_that_does_not_exist_could_not_start(tmp_path: Path) -> None:

    assert 3 == switchdrill(tmp_path, "run", "nowhere.py")[0]


def test_bad_input_is_told_without_what_python_says_of_it(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text('id: "\\x1b[2J"\n"\\x9bkey": 1\n', encoding="utf-8")
    code, said = run(tmp_path, f"{MARK}def test_it(drill): drill.steady()\n")

    assert 3 == code
    assert "a name of 1 to 100" in said
    assert [] == [
        word for word in ("validation error", "During handling", "direct cause", "\x1b", "\x9b") if word in said
    ]


@pytest.mark.parametrize(
    ("ended", "found", "expected"),
    [
        (0, [0], 0), (1, [1], 1), (1, [2], 2), (1, [3], 3), (1, [0, 4], 4),
        (1, [0], 1), (2, [2], 2), (2, [0], 2), (2, [1, 2], 1), (2, [], 3), (3, [0], 3),
        (4, [], 3), (5, [], 3), (0, [], 3),
    ],
)  # fmt: skip
def test_the_loudest_of_the_drills_and_of_pytest_itself_wins(ended: int, found: list[int], expected: int) -> None:

    assert expected == loudest([*found, *_of_pytest(ended, found)])


def test_a_report_in_a_language_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runs" / "x").mkdir(parents=True)
    (tmp_path / "runs" / "x" / "plan.json").write_text("{}")
    code, said = switchdrill(tmp_path, "report", "x", "--lang", "fr,../../x,en")

    assert 3 == code
    assert "there is no report in 'fr', '../../x'" in said
    assert "choose from: en, zh" in said
    assert ["plan.json"] == [path.name for path in (tmp_path / "runs" / "x").iterdir()]


def test_a_state_folder_that_can_not_be_used_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    code, said = switchdrill(tmp_path, "up", "embedded", XDG_STATE_HOME=str(tmp_path / "file"))

    assert 3 == code, said
    assert "can't be locked" in said
    assert "Traceback" not in said


def test_a_terminal_without_chinese_gets_numbers_instead_of_an_error(tmp_path: Path) -> None:
    words = {"SWITCHDRILL_LANG": "zh", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    for command in (["faults"], ["judge", "nowhere"]):
        said = switchdrill(tmp_path, *command, **words)[1]

        assert "\\u" in said
        assert "Traceback" not in said
