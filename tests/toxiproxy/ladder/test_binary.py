"""What counts as a Toxiproxy server: a program that says so."""

import os
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from switchdrill_faults.toxiproxy.binary import version_of
from switchdrill_faults.toxiproxy.rung import RungFailed
from tests.toxiproxy.ladder.programs import SERVER, script


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "is not a file"),
        ("#!/bin/sh\necho nginx version 1\n", "is no Toxiproxy server"),
        ("#!/bin/sh\nexit 3\n", "ended with 3"),
        ("\x7fELF but not really", "does not run"),
        (SERVER.format(version="2.5.9"), "2.6 or newer is needed"),
        (SERVER.format(version="v1.9.0"), "2.6 or newer is needed"),
    ],
)
def test_a_binary_counts_only_when_it_really_runs(bare: Path, text: str | None, why: str) -> None:
    path = bare / "toxiproxy-server"
    if text is not None:
        script(path, text)

    with pytest.raises(RungFailed, match=why):
        version_of(path)


@pytest.mark.parametrize("version", ["git", "2.6.0", "2.12.0", "v3.0.0-rc1"])
def test_a_version_without_a_number_is_taken(bare: Path, version: str) -> None:
    assert version_of(script(bare / "x", SERVER.format(version=version))) == version


def test_a_binary_that_hangs_is_given_up_with_its_children(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchdrill_faults.toxiproxy.binary._LIMIT_S", 0.3)
    path = script(bare / "x", f"#!/bin/sh\n/bin/sleep 61.{os.getpid()} &\n/bin/sleep 61.{os.getpid()}\n")

    with pytest.raises(RungFailed, match="did not end"):
        version_of(path)

    wait_until(lambda: not _running(f"61.{os.getpid()}"), within_s=5, what="the end of the children")


def _running(word: str) -> list[str]:
    """The processes with `word` in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:  # gone meanwhile
            continue
    return found
