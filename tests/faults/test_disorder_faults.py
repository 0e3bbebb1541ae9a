"""Disorders that a platform's own commands make: what is refused, what fails, and what a person is told then."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchdrill.errors import BadInput, CouldNotHeal, CouldNotStart, Refused
from switchdrill.fault import Fault
from switchdrill.platform.disorder import Disorder
from switchdrill.platform.model import Platform
from switchdrill_faults import (
    FailedChecks,
    PlaylistFrozen,
    StandbyTooSmall,
    StreamMetadataMissing,
    WrongEncoderParameters,
)
from tests.faults.ordered import ordered

Make = Callable[..., Any]  # of a SmallPlatform, see tests/conftest.py
FROZEN = PlaylistFrozen(site="primary")


def platform_of(small_platform: Make, tmp_path: Path, **changed: object) -> Platform:
    small = small_platform()
    return ordered(small.platform, small.state, tmp_path / "ctl", **changed)


def test_it_is_proven_by_look_and_seen_by_the_sites_own_probes(small_platform: Make, tmp_path: Path) -> None:
    undos = FROZEN.plan(platform_of(small_platform, tmp_path))
    assert "a" == FROZEN.effect(undos).site
    assert not FROZEN.counted(undos).ok
    FROZEN.inject(undos)
    counted = FROZEN.counted(undos)
    assert (True, "playlist-frozen at a:") == (counted.ok, counted.said)
    assert "is as it was: as it was" in FROZEN.heal(undos[0])
    assert not FROZEN.counted(undos).ok


@pytest.mark.parametrize(
    ("fault", "changed", "because"),
    [
        (FROZEN, {"sites": ["b"]}, "is possible at b, not at a"),
        (StreamMetadataMissing(field="encoder"), {"what": ["cdn_nodes"]}, "for cdn_nodes, not for 'encoder'"),
        (PlaylistFrozen(site="c4"), {}, "there is no site 'c4'; there are a (primary)"),
    ],
)
def test_what_the_platform_does_not_offer_is_refused(
    fault: Fault, changed: dict[str, object], because: str, small_platform: Make, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as caught:
        fault.plan(platform_of(small_platform, tmp_path, **changed))
    assert because in f"{caught.value.what}\n{caught.value.because}"


def test_a_platform_that_declares_none_is_told_what_to_write(small_platform: Make) -> None:
    with pytest.raises(Refused) as caught:
        WrongEncoderParameters().plan(small_platform().platform)
    assert "disorders: {encoder-parameters: ...}" in (caught.value.now or "")


def test_a_break_that_fails_is_told_in_its_last_words(small_platform: Make, tmp_path: Path) -> None:
    platform = platform_of(small_platform, tmp_path, **{"break": ["/bin/sh", "-c", "echo no disk; exit 1"]})
    with pytest.raises(CouldNotStart) as caught:
        FROZEN.inject(FROZEN.plan(platform))
    assert "no disk" == caught.value.because


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"heal": ["/bin/sh", "-c", "echo it hangs; exit 1"], "within": "300ms"}, "it hangs"),
        ({"heal": ["/bin/true"], "within": "300ms"}, "playlist-frozen at a:"),
        ({"look": ["/bin/sh", "-c", "echo nobody knows; exit 7"], "within": "300ms"}, "nobody knows"),
        ({"look": ["/bin/sleep", "9"], "within": "300ms"}, "not done within 0.3 s"),
        ({"look": ["/nowhere"], "within": "300ms"}, "No such file"),
    ],
)
def test_what_is_not_proven_whole_is_told_with_the_command_to_play_by_hand(
    changed: dict[str, object], because: str, small_platform: Make, tmp_path: Path
) -> None:
    undos = FROZEN.plan(platform_of(small_platform, tmp_path, **changed))
    FROZEN.inject(undos)
    with pytest.raises(CouldNotHeal) as caught:
        FROZEN.heal(undos[0])
    assert because in (caught.value.because or "")
    words = undos[0].facts["heal"]
    assert isinstance(words, list)
    assert f"{shlex.join(words)}\nthen:  switchdrill heal --all" == caught.value.now


@pytest.mark.parametrize("count", [0, -1, True, 1.5, "3", 101])
def test_a_count_that_is_none_is_told_when_it_is_made(count: Any) -> None:
    with pytest.raises(BadInput, match="a whole number from 1 to 100"):
        FailedChecks(site="primary", count=count)


@pytest.mark.parametrize("left", ["", "0%", "100%", "5", "-5%", None])
def test_what_is_left_is_a_share(left: Any) -> None:
    with pytest.raises(BadInput, match="1% to 99%"):
        StandbyTooSmall(left=left)


@pytest.mark.parametrize(
    ("key", "argv"), [("break", ["/bin/true", "{room}"]), ("look", ["/bin/true", "{site}"])], ids=["unknown", "no site"]
)
def test_a_mark_that_nobody_fills_in_is_a_fault_of_the_file(key: str, argv: list[str]) -> None:
    with pytest.raises(ValueError, match="nothing is called"):
        Disorder.model_validate({"break": ["/bin/true"], "heal": ["/bin/true"], "look": ["/bin/true"], key: argv})
