"""What docs/platforms.md shows of a platform of one's own works as it stands there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from switchdrill import mark, yamlfile
from switchdrill.beginning.sketch import example
from switchdrill.beginning.writing import written
from switchdrill.platform.model import Platform
from switchdrill.yamlfile import Unfit

TEXT = (Path(__file__).parent.parent.parent / "docs" / "platforms.md").read_text(encoding="utf-8")
HEAD = """
schema: switchdrill.platform/v1
id: mine
production: false
inject: false
sites: {a: {role: primary, address: 192.0.2.10}, b: {role: standby, address: 198.51.100.10}}
"""
ASKED = """#!/bin/sh
# Stands for curl and the GSLB: `-X PUT -d VALUE .../KEY` keeps, `.../KEY` tells; a key that is a folder fails.
for last; do :; done
key=$(dirname "$0")/kept/$(echo "${last#http://*/}" | tr / _)
case "$*" in *"-X PUT"*) while [ "$1" != -d ]; do shift; done; printf %s "$2" >"$key" ;; *) cat "$key" ;; esac
"""


def block(kind: str, number: int = 0) -> str:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)[number]


def yaml_of_the_page() -> Platform:
    return yamlfile.parse(HEAD + "".join(block("yaml", number) for number in range(4)), Platform, where="platform.yaml")


class Ctl:
    """The example's program, whose `curl` asks a folder."""

    def __init__(self, folder: Path) -> None:
        self.kept = folder / "kept"
        self.kept.mkdir()
        self._path = f"{folder}:{os.environ['PATH']}"
        self._program = folder / "ctl"
        for name, text in (("curl", ASKED), ("ctl", block("sh"))):
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        self.say(active="a", writes_a="yes", writes_b="follows")

    def say(self, **values: str) -> None:
        for name, value in values.items():
            (self.kept / name).write_text(value)

    def said(self, name: str) -> str:
        return (self.kept / name).read_text()

    def __call__(self, *words: str) -> int:
        argv, surroundings = [str(self._program), *words], {**os.environ, "PATH": self._path}
        return subprocess.run(argv, env=surroundings, timeout=20, check=False, capture_output=True).returncode


@pytest.fixture
def ctl(tmp_path: Path) -> Ctl:
    return Ctl(tmp_path)


def test_the_commands_and_the_stream_that_it_shows_are_a_platform() -> None:
    read = yaml_of_the_page()

    assert {"failback", "fence", "check", "reset"} == set(read.commands)
    assert ["hls", "hls"] == [probe.kind for probe in read.probes]
    assert read.way_back() == ["{here}/ctl", "failback", "a"]


def test_the_mark_that_it_shows_is_read_again() -> None:
    room: dict[str, object] = {}
    exec(compile(block("python"), "docs/platforms.md", "exec"), room)  # noqa: S102 - our own page
    luma = bytearray(640 * 360)
    stamp = room["stamp"]
    assert callable(stamp)
    stamp(luma, 640, 7)
    found = mark.read(bytes(luma), 640, width=640, height=360)

    assert found is not None
    assert (mark.crc("room1"), mark.EVERY_SITE, 7) == (found.room_crc, found.site, found.frame)


def test_check_says_no_until_reset_has_put_all_in_order(ctl: Ctl) -> None:
    assert 0 == ctl("check")
    ctl.say(active="b", writes_a="no", writes_b="yes")
    assert [1, 0, 0, 0] == [ctl("check"), ctl("reset"), ctl("reset"), ctl("check")]


def test_a_fence_closes_a_site_that_was_replaced_twice_over_and_no_other(ctl: Ctl) -> None:
    assert (0, "yes") == (ctl("fence", "a"), ctl.said("writes_a"))
    ctl.say(active="b", writes_b="yes")
    assert [0, 0] == [ctl("fence", "a"), ctl("fence", "a")]
    assert ("no", "yes") == (ctl.said("writes_a"), ctl.said("writes_b"))
    (ctl.kept / "active").unlink()
    assert 0 != ctl("fence", "a")


def test_a_failback_sends_viewers_to_the_site_that_it_is_given(ctl: Ctl) -> None:
    ctl.say(active="b")
    assert [0, 0] == [ctl("failback", "a"), ctl("failback", "a")]
    assert "a" == ctl.said("active")


@pytest.mark.parametrize(
    "words",
    ["", "what", "fence", "fence c", "fence primary", "fence --site a", "fence --site", "fence a b", "fence a ",
     "failback --to a", "failback", "check a", "reset now"],
)  # fmt: skip
def test_what_it_does_not_expect_is_refused_and_nothing_is_done(ctl: Ctl, words: str) -> None:
    ctl.say(active="b", writes_b="yes")

    assert 2 == ctl(*words.split(" ") if words else [])
    assert ("b", "yes", "yes") == (ctl.said("active"), ctl.said("writes_a"), ctl.said("writes_b"))


def test_the_commands_that_init_suggests_are_those_that_the_program_of_this_page_takes(ctl: Ctl) -> None:
    before, _commands, suggested = written(example(), origin="a test").partition("commands: {}")
    text = f"{before}commands:\n" + suggested.partition("\n")[2].replace("#  ", "  ")
    read = yamlfile.parse(text, Platform, where="platform.yaml")
    argv = {name: [part.replace("{site}", "a") for part in words] for name, words in read.commands.items()}

    assert {"failback", "fence", "check", "reset"} == set(argv)
    assert {"{here}/ctl"} == {words[0] for words in argv.values()}
    ctl.say(active="b", writes_b="yes")
    assert [0, 1] == [ctl(*argv[name][1:]) for name in ("fence", "check")]
    assert ("no", "yes") == (ctl.said("writes_a"), ctl.said("writes_b"))
    assert [0, "a"] == [ctl(*argv["failback"][1:]), ctl.said("active")]
    assert [0, 0] == [ctl(*argv[name][1:]) for name in ("reset", "check")]
    assert dict(yaml_of_the_page().commands) == dict(read.commands)


@pytest.mark.parametrize("name", ["check", "reset"])
def test_a_command_that_is_given_no_site_can_not_ask_for_one(name: str) -> None:
    text = HEAD + block("yaml", 3) + f'commands:\n  {name}: [/bin/true, "{{site}}"]\n'
    with pytest.raises(Unfit) as refused:
        yamlfile.parse(text, Platform, where="platform.yaml")

    (wrong,) = refused.value.wrongs
    assert (f"commands.{name}", text.count("\n", 0, text.index(f"  {name}:")) + 1) == (wrong.at, wrong.line)
    assert "nothing is called {site}" in wrong.said
