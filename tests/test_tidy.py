"""The house style that a machine can see."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("switchdrill", "faults", "reports", "drills")


def tracked(*patterns: str) -> list[Path]:
    """Never none: then nothing would be held to anything."""
    argv = ["git", "-c", "core.quotepath=off", "ls-files", *patterns]
    listed = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=20, check=True)
    found = [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]
    assert found
    return found


def sources() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in PACKAGES]


def offenders(pattern: str, paths: list[Path], *, but: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        if str(path.relative_to(ROOT)) not in but
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line)
    ]


def test_nobody_but_the_clock_reads_a_clock_or_sleeps():
    pattern = r"\b(import time|from time import|time\.(time|sleep|monotonic|perf_counter))\b|\bdatetime\.(now|utcnow)\("
    # The conductor dates the run, before it has a folder; programs in containers have a clock of their own.
    but = ("switchdrill/clock.py", "switchdrill/running/conductor.py", "drills/platforms/staging/instants.py")

    assert offenders(pattern, sources(), but=but) == []


def test_no_error_is_swallowed_without_a_word():
    pattern = re.compile(r"except(?: Exception| BaseException)?(?: as \w+)?:\s*\n\s*(?:pass|\.\.\.)\s*$", re.MULTILINE)
    swallowing = [path.name for path in sources() if pattern.search(path.read_text(encoding="utf-8"))]

    assert swallowing == []


def test_who_catches_everything_says_why():
    pattern = r"except (Base)?Exception( as \w+)?:\s*$"
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked("*.py")
        for number, (line, after) in enumerate(pairwise(path.read_text(encoding="utf-8").splitlines()), start=1)
        if re.search(pattern, line) and not after.strip().startswith("#")
    ]

    assert bare == []


def test_nothing_lies_about_at_the_top():
    rooms = {"drills", "faults", "reports", "switchdrill", "tests", "docs", ".ci"}
    papers = {"README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", "requirements.lock", ".gitignore"}

    assert {path.relative_to(ROOT).parts[0] for path in tracked("*")} <= rooms | papers


def test_no_shell_is_started():

    assert offenders(r"shell=True|os\.system\(", sources()) == []


def test_no_template_trusts_its_input():

    assert offenders(r"\|\s*safe\b|<script", tracked("*.jinja")) == []


@pytest.mark.parametrize("path", tracked("*.py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_idea(path):

    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_file_is_called_after_nothing():
    names = {path.stem for path in sources()}

    assert names & {"utils", "helpers", "common", "base", "misc"} == set()


@pytest.mark.parametrize("path", tracked("*.md"), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_readme_leads_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if not link.startswith("http")]
    broken = [link for link in links if link and not (path.parent / link).exists()]

    assert broken == []


def test_every_make_target_that_a_readme_names_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {name for path in tracked("*.md") for name in re.findall(r"`make ([a-z-]+)`", path.read_text("utf-8"))}
    missing = [name for name in sorted(named) if not re.search(rf"^{name}:", makefile, re.MULTILINE)]

    assert missing == []


def test_the_lock_names_no_index_and_hashes_everything():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE)
    hashed = re.findall(r"^([a-z0-9][a-z0-9._-]*)==[^\n]*\\\n\s+--hash=sha256:", lock, re.MULTILINE)

    assert "http" not in lock.replace("aiohttp", "").replace("geventhttpclient", "").replace("httptools", "")
    assert "--index" not in lock
    assert pins == hashed
    assert {"toxiproxy-python", "pytest-runner", "setuptools", "hatchling"} <= set(pins)


def test_the_readme_shows_the_drill_as_it_is():
    drill = (ROOT / "drills" / "test_site_loss.py").read_text(encoding="utf-8")

    assert drill.strip() in (ROOT / "README.md").read_text(encoding="utf-8")
