"""`switchdrill init` beside platform.yaml: a drill in one's own language, jobs that install no stranger's tool."""

import re
import subprocess
import sys
from pathlib import Path

from .test_run_command import switchdrill

ROOT = Path(__file__).parents[2]


def test_its_drill_has_a_title_of_its_own_in_the_language_of_who_begins(tmp_path: Path) -> None:
    for language, title in (("en", "Site loss: the primary site"), ("zh", "站点失效：主站点")):
        switchdrill(tmp_path, "init", language, SWITCHDRILL_LANG=language)
        drill = (tmp_path / language / "drills" / "test_site_loss.py").read_text(encoding="utf-8")

        assert drill.startswith(f'"""{title}')
        assert "机房水灾" not in drill


def test_nothing_installs_the_tool_by_its_bare_name_from_a_public_index(tmp_path: Path) -> None:
    switchdrill(tmp_path, "init", "mine")
    begun = tmp_path / "mine"
    texts = {path: path.read_text(encoding="utf-8") for path in begun.rglob("*") if path.is_file()}
    texts[ROOT / "README.md"] = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [] == [path for path, text in texts.items() if re.search(r"pip install +switchdrill", text)]
    for job in (".github/workflows/drills.yml", ".gitlab-ci.yml"):
        assert ".venv/bin/pip install -r requirements.txt\n" in texts[begun / job]
        assert "--keep" not in texts[begun / job], "both clear the checkout before each job"


def test_the_tools_own_origin_is_asked_for_and_pip_stops_until_it_is_decided(tmp_path: Path) -> None:
    switchdrill(tmp_path, "init", "mine")
    file = tmp_path / "mine" / "requirements.txt"
    nobody = ["--index-url", "http://127.0.0.1:9/", "--disable-pip-version-check", "--retries", "0"]
    asked = [line for line in file.read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", *nobody, "-r", str(file)],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert [True] == ["  # decide: " in line for line in asked]
    assert 1 == done.returncode
    assert "/decide/where/switchdrill-0.1.0-py3-none-any.whl" in done.stderr
    assert "127.0.0.1" not in done.stderr, "no index is asked for that name"
