"""Installing switchdrill changes nothing in an ordinary pytest session."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .test_run_command import switchdrill

LOADED = """
import sys
import switchdrill.plugin
ours = ("switchdrill", "switchdrill_faults", "switchdrill_reports")
heavy = ("locust", "gevent", "pydantic", "docker", "av", "aiohttp")
print(sorted(name for name in sys.modules if name.split(".")[0] in ours + heavy))
"""


def test_the_plugin_loads_nothing_but_itself():
    said = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=60, check=True).stdout

    assert said == "['switchdrill', 'switchdrill.plugin']\n"


def pytest_in(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:locust", "-p", "no:cacheprovider", *words],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_an_ordinary_suite_is_left_alone(tmp_path):
    (tmp_path / "test_plain.py").write_text(
        "import sys\ndef test_it():\n    assert not {'switchdrill.drill', 'gevent'} & set(sys.modules)\n"
    )

    assert pytest_in(tmp_path).returncode == 0


def test_the_fixture_is_for_marked_tests_only(tmp_path):
    (tmp_path / "test_plain.py").write_text("def test_it(drill):\n    pass\n")
    done = pytest_in(tmp_path)

    assert done.returncode == 1
    assert "marked @pytest.mark.drill" in done.stdout


def test_plain_pytest_shows_a_refusal_as_a_failure_with_its_message(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "test_drill.py").write_text(
        'import pytest\n@pytest.mark.drill(runbook="none.yaml")\ndef test_it(drill):\n    drill.steady()\n'
    )
    done = pytest_in(tmp_path)

    assert done.returncode == 1
    assert "none.yaml" in done.stdout
    assert "can't be read" in done.stdout


def test_every_option_begins_with_drill(tmp_path):
    said = pytest_in(tmp_path, "--help").stdout
    ours = said[said.index("switchdrill: drills of live-streaming platforms") :].split("\n\n")[0]
    options = {re.split(r"[ =]", line.strip())[0] for line in ours.splitlines() if line.startswith("  --")}

    assert options == {"--drill-platform", "--drill-runbook", "--drill-runs", "--drill-kind", "--drill-dry-run"}


SHOW = """
from switchdrill.plugin import _ini_platform, runs_of
def test_it(request):
    print("said", runs_of(request.config), _ini_platform(request.config))
"""


@pytest.mark.parametrize("folder", [".", "mine/drills"])
def test_an_ini_file_is_read_from_its_own_folder_and_an_option_from_where_one_stands(tmp_path, folder):
    (tmp_path / "mine" / "drills").mkdir(parents=True)
    ini = tmp_path / "mine" / "pytest.ini"
    (tmp_path / "mine" / "drills" / "test_it.py").write_text(SHOW)
    words = [str(tmp_path / "mine" / "drills" / "test_it.py"), "-s"]
    for says, words_of, expected in (
        ("drill_platform = platform.yaml\ndrill_runs = ../kept", [], f"{tmp_path}/kept {tmp_path}/mine/platform.yaml"),
        ("drill_platform = staging", [], "runs staging"),
        ("drill_platform = /srv/platform.yaml\ndrill_runs = /srv/runs", [], "/srv/runs /srv/platform.yaml"),
        ("drill_runs = kept", ["--drill-runs=elsewhere"], "elsewhere None"),
    ):
        ini.write_text(f"[pytest]\n{says}\n")

        assert f"said {expected}\n" in pytest_in(tmp_path / folder, *words, *words_of).stdout


def test_a_repository_of_ones_own_is_drilled_from_anywhere(tmp_path):
    code, said = switchdrill(tmp_path, "init", "mine")
    assert 0 == code, said
    for folder, drills in (
        (tmp_path, "mine/drills"),
        (tmp_path / "mine", "drills"),
        (tmp_path / "mine" / "drills", "."),
    ):
        code, said = switchdrill(folder, "run", drills)

        assert (3, True) == (code, "faults are not allowed on platform my-platform" in said), said
        assert "can't be read" not in said
