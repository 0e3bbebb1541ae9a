"""Each process is an ordinary program: it explains itself, ends when told to, and says what is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from switchdrill import yamlfile
from switchdrill.clock import now_ns
from switchdrill.platform.model import Platform

HERE = Path(__file__).resolve().parents[2] / "drills" / "platforms" / "embedded"
PROGRAMS = ["publisher.py", "origin.py", "api.py", "gslb.py", "resolver.py", "door.py", "ctl.py"]


def test_every_program_explains_itself():
    running = [
        subprocess.Popen([sys.executable, HERE / name, "--help"], stdout=subprocess.PIPE, text=True)
        for name in PROGRAMS
    ]
    said = [process.communicate(timeout=20)[0] for process in running]

    assert [process.returncode for process in running] == [0] * len(PROGRAMS)
    assert all("usage: " in text and len(text) > 200 for text in said)


def test_a_taken_port_is_said_and_nothing_hangs(shared):
    argv = [sys.executable, HERE / "door.py", "--platform", shared.state / "platform.yaml"]
    second = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)

    assert second.returncode == 3
    assert f"can't listen on {shared.net}.0.1:18000" in second.stderr


@pytest.mark.parametrize(
    ("setting", "wrong", "said"),
    [
        ("publish_to: a,b", "publish_to: a,c", "there is no site 'c'"),
        ("up_after: 2", "up_after: none", "settings.up_after"),
        ("up_after: 2", "uo_after: 2", "settings.uo_after"),
    ],
)
def test_a_wrong_setting_is_named(shared, tmp_path, setting, wrong, said):
    text = (shared.state / "platform.yaml").read_text(encoding="utf-8")

    assert setting in text
    file = tmp_path / "platform.yaml"
    file.write_text(text.replace(setting, wrong), encoding="utf-8")
    argv = [sys.executable, HERE / "api.py", "--platform", file, "--site", "a", "--state", tmp_path]
    started = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)

    assert started.returncode == 3
    assert said in started.stderr


@pytest.mark.parametrize("name", ["platform.yaml", "articles.yaml"])
def test_a_template_is_recognised_and_the_resolved_file_asked_for(name):
    argv = [sys.executable, HERE / "ctl.py", "--platform", HERE / name, "state"]
    asked = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)

    assert asked.returncode == 1
    assert "${net} is not filled in" in asked.stderr
    assert "the path that `switchdrill up` printed" in asked.stderr
    assert "can't be right" not in asked.stderr


def test_every_process_ends_within_a_second_of_sigterm(shared):
    """On processes of its own: second resolvers and APIs need no port of the shared platform."""
    argv = [sys.executable, HERE / "resolver.py", "--listen", f"{shared.net}.0.77:18053", "--upstream"]
    process = subprocess.Popen([*argv, f"{shared.net}.0.1:18053"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    first = process.stderr.readline()
    started_ns = now_ns()
    process.terminate()

    assert process.wait(1) == 0
    assert "honours TTL" in first
    assert now_ns() - started_ns < 1_000_000_000
    process.stderr.close()


@pytest.mark.parametrize("name", ["platform.yaml", "articles.yaml"])
def test_the_platform_files_are_what_the_framework_reads(name):
    platform = yamlfile.read(HERE / name, Platform, values={"net": "127.44"})

    assert platform.inject
    assert not platform.production
    assert round(sum(operator.share for operator in platform.operators.values()), 6) == 1.0


def test_the_articles_file_differs_only_in_its_figures():
    """Two files that must not drift apart: same sites, links, services, probes, events and commands."""
    plain, articles = (
        yamlfile.read(HERE / name, Platform, values={"net": "127.44"}) for name in ("platform.yaml", "articles.yaml")
    )
    figures = {"id", "title", "detector", "probes", "services"}

    assert plain.model_dump(exclude=figures) == articles.model_dump(exclude=figures)
    assert [probe.name for probe in plain.probes] == [probe.name for probe in articles.probes]
    resolvers = [service for service in articles.services if service.name == "resolver.unicom"]
    assert "30s" in (resolvers[0].run or [])
    others = [
        [service for service in platform.services if service.name != "resolver.unicom"]
        for platform in (plain, articles)
    ]
    assert others[0] == others[1]


def test_the_platform_files_are_plain_yaml():
    for name in ("platform.yaml", "articles.yaml"):
        tree = YAML(typ="safe").load((HERE / name).read_text(encoding="utf-8"))

        assert tree["schema"] == "switchdrill.platform/v1"
