"""Packets that are lost, or come twice: as many as were asked, each way alone, and nobody who sends is told."""

import math
from collections.abc import Callable
from statistics import mean
from typing import Any

import pytest

from switchdrill.clock import wait_until
from switchdrill.containers.endpoint import Endpoint
from switchdrill.errors import BadInput
from switchdrill.undo import Undo
from switchdrill_faults import PacketDuplication, PacketLoss
from switchdrill_faults.packets import proof, way
from tests.conftest import SmallPlatform
from tests.faults import datagrams, seen
from tests.faults.boxed import Boxed
from tests.faults.exchanged import heard_by, sent_by

COUNT = 20_000
DEVIATIONS = 4.5  # a test in 150,000 fails of itself
LINK = "primary.service0--viewers"


@pytest.fixture
def small(small_platform: Callable[..., SmallPlatform]) -> SmallPlatform:
    return small_platform(links=2)


def laid_as(how: str, fault: PacketLoss | PacketDuplication, boxed: Boxed) -> Undo:
    """As it is planned with this host's own rules; `inside`: as where the engine's bridges are not ours."""
    undo = fault.plan(boxed.platform())[0]
    laid = way.of(undo)
    assert laid.how == "host"
    if how == "inside":
        back = boxed.engine.get(boxed.called("back"))
        post = way.Post(name=back.name, id=back.id, pid=back.pid, where=Endpoint())
        laid = laid.model_copy(update={"how": "inside", "posts": [post]})
    return undo.model_copy(update={"facts": {**undo.facts, "packets": laid.model_dump_json()}})


def expect(hit: int, count: int, share: float) -> None:
    slack = DEVIATIONS * math.sqrt(count * share * (1 - share))
    assert abs(hit - count * share) <= slack, f"{hit} of {count}, asked were {share:.2%}"


@pytest.mark.needs_root
@pytest.mark.parametrize("percent", [0.1, 1, "5%", 30])
def test_as_many_are_lost_as_were_asked_in_that_direction_and_none_in_the_other(
    percent: float | str, small: SmallPlatform
) -> None:
    endpoint, share = small.endpoints("a")[0], float(str(percent).rstrip("%")) / 100
    fault = PacketLoss(link=LINK, percent=percent, direction="toward")
    undos = fault.plan(small.platform)
    assert not fault.counted(undos).ok
    fault.inject(undos)
    try:
        with datagrams.heard(*endpoint) as numbers:
            sent = datagrams.send(*endpoint, COUNT, window=COUNT, silence_s=0.3)
        counted = fault.counted(undos)
    finally:
        said = fault.heal(undos[0])

    expect(COUNT - len(numbers), COUNT, share)
    assert sent.answers.count(1) == len(numbers)
    assert sent.errors == 0
    assert counted.ok, counted.said
    assert "packets pass again" in said


@pytest.mark.needs_root
def test_answers_are_lost_on_the_way_back_in_bursts_of_the_asked_length(small: SmallPlatform) -> None:
    endpoint = small.endpoints("a")[0]
    lengths: dict[int, list[int]] = {}
    for burst in (1, 8):
        fault = PacketLoss(link=LINK, percent=10, direction="back", burst=burst)
        undos = fault.plan(small.platform)
        fault.inject(undos)
        try:
            with datagrams.heard(*endpoint) as numbers:
                sent = datagrams.send(*endpoint, COUNT, window=COUNT, silence_s=0.3)
            counted = fault.counted(undos)
        finally:
            fault.heal(undos[0])
        assert len(numbers) == COUNT
        assert counted.ok, counted.said
        lengths[burst] = datagrams.rows([number for number, back in enumerate(sent.answers) if back], COUNT)

    assert 1.0 < mean(lengths[1]) < 1.25
    assert 6 < mean(lengths[8]) < 10


@pytest.mark.needs_root
def test_as_many_come_twice_as_were_asked_and_none_is_lost(small: SmallPlatform) -> None:
    endpoint, other = small.endpoints("a")[:2]
    fault = PacketDuplication(link=LINK, percent=10, direction="toward")
    undos = fault.plan(small.platform)
    fault.inject(undos)
    try:
        with datagrams.heard(*endpoint) as numbers:
            datagrams.send(*endpoint, COUNT, window=COUNT, silence_s=0.3)
        with datagrams.heard(*other) as unbroken:
            datagrams.send(*other, 1000, window=1000, silence_s=0.3)
        counted = fault.counted(undos)
    finally:
        fault.heal(undos[0])

    assert sorted(set(numbers)) == list(range(COUNT))
    expect(len(numbers) - COUNT, COUNT, 0.1)
    assert len(unbroken) == 1000
    assert counted.ok, counted.said


@pytest.mark.needs_docker
@pytest.mark.needs_root
@pytest.mark.parametrize("how", ["host", "inside"])
def test_between_containers_each_direction_is_lost_alone_and_who_sends_is_never_told(how: str, boxed: Boxed) -> None:
    count, heard_before = 600, 0
    for direction in ("toward", "back"):
        fault = PacketLoss(link="a.front--a.back", percent=30, direction=direction)
        undo = laid_as(how, fault, boxed)
        heard_before = heard_by(boxed, "back")
        fault.inject([undo])
        try:
            sent = sent_by(boxed, "front", boxed.address("back"), count)
            counted = fault.counted([undo])
        finally:
            fault.heal(undo)
        heard = heard_by(boxed, "back") - heard_before

        expect(sent.answers.count(0), count, 0.3)
        expect(count - heard, count, 0.3 if direction == "toward" else 0.0)
        assert sent.errors == 0
        assert counted.ok, counted.said
    assert sent_by(boxed, "front", boxed.address("back"), 100).answers == [1] * 100


@pytest.mark.needs_docker
@pytest.mark.needs_root
@pytest.mark.parametrize("how", ["host", "inside"])
def test_between_containers_packets_come_twice_each_way(how: str, boxed: Boxed) -> None:
    fault = PacketDuplication(link="a.front--a.back", percent=50)
    undo = laid_as(how, fault, boxed)
    fault.inject([undo])
    try:
        sent = sent_by(boxed, "front", boxed.address("back"), 400)
        counted = fault.counted([undo])
    finally:
        fault.heal(undo)

    expect(sum(each > 1 for each in sent.answers), 400, 0.75)
    assert sent.errors == 0
    assert counted.ok, counted.said


@pytest.mark.needs_docker
@pytest.mark.needs_root
def test_a_loss_inside_a_container_that_is_started_anew_goes_on_and_both_instants_are_told(boxed: Boxed) -> None:
    fault = PacketLoss(link="a.front--a.back", percent=50, burst=3)
    undo = laid_as("inside", fault, boxed)
    fault.inject([undo])
    try:
        assert list(fault.keep([undo])) == []
        boxed.engine.restart(boxed.called("back"), grace_s=0)
        back = fault.keep([undo])
        wait_until(lambda: seen.tcp(boxed.address("back"), within_s=2) == "good", within_s=20, what="back")
        sent = sent_by(boxed, "front", boxed.address("back"), 300)
    finally:
        said = fault.heal(undo)

    assert [each.target for each in back] == [f"container {boxed.called('back')}"]
    assert back[0].gone_ns[0] < back[0].gone_ns[1] <= back[0].again_ns
    assert 0.5 < sent.answers.count(0) / 300 < 0.95
    assert "packets pass again" in said
    assert sent_by(boxed, "front", boxed.address("back"), 100).answers == [1] * 100


@pytest.mark.parametrize(
    ("asked", "met", "hit", "expected"),
    [
        (PacketLoss(link="x", percent=5), 0, 0, False),
        (PacketLoss(link="x", percent=5), 10_000, 500, True),
        (PacketLoss(link="x", percent=5), 10_000, 50, False),
        (PacketLoss(link="x", percent=5), 10_000, 900, False),
        (PacketLoss(link="x", percent=0.1), 1_000, 0, False),
        (PacketLoss(link="x", percent=0.1), 1_000, 2, True),
        (PacketLoss(link="x", percent=5, burst=20), 10_000, 900, True),
        (PacketLoss(link="x", percent=5, burst=20), 10_000, 3_000, False),
        (PacketDuplication(link="x", percent=50), 1_000, 100, False),
    ],
)
def test_a_share_is_proven_when_about_as_many_were_hit_as_were_asked(
    asked: PacketLoss | PacketDuplication, met: int, hit: int, expected: bool
) -> None:
    counted = proof.of(asked.rule(), [{"met_toward": met, "cut_toward": hit}])

    assert counted.ok == expected
    assert f"{hit} of {met} packets toward" in counted.said


@pytest.mark.parametrize("percent", [0, 100, -1, "", "five", None, True, float("nan"), float("inf"), 0.0001])
def test_a_percentage_that_can_not_be_right_is_bad_input(percent: Any) -> None:
    with pytest.raises(BadInput, match="percentage"):
        PacketLoss(link="x", percent=percent)


@pytest.mark.parametrize("wrong", [{"burst": 0}, {"burst": 2.5}, {"burst": None}, {"direction": "up"}, {"link": ""}])
def test_other_words_that_can_not_be_right_are_bad_input(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        PacketLoss(**{"link": "x", "percent": 5, **wrong})


def test_so_much_loss_in_bursts_as_short_is_bad_input() -> None:
    with pytest.raises(BadInput, match="bursts as short"):
        PacketLoss(link="x", percent=90, burst=2)
