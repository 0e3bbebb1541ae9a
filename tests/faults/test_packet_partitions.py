"""Links that refuse, groups that do not hear one another, a rate that links share, and what no kernel here can do."""

import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from switchdrill.errors import BadInput, Refused
from switchdrill.fault import Demanding
from switchdrill_faults import (
    LinkRefused,
    PacketCorruption,
    PacketDelay,
    PacketReordering,
    Partition,
    SharedBandwidth,
)
from switchdrill_faults.links.between import way_from
from switchdrill_faults.packets import choosing, netem
from switchdrill_faults.toxiproxy.client import Server
from tests.conftest import SmallPlatform
from tests.faults import datagrams, seen
from tests.faults.boxed import PORT, Boxed
from tests.faults.exchanged import heard_by, sent_by
from tests.faults.losses import Make

Small = Callable[..., SmallPlatform]


@pytest.mark.needs_docker
@pytest.mark.needs_root
def test_a_refused_link_refuses_at_once_and_resets_what_lives(boxed: Boxed) -> None:
    front = boxed.address("front")
    link = {"name": "viewers--a.front", "from": "viewers", "to": "a.front", "port": PORT}
    fault = LinkRefused(link="viewers--primary.front")
    undos = fault.plan(boxed.platform(links=[link]))
    with socket.create_connection((front, PORT), timeout=2) as live:
        assert seen.talk(live) == "good"
        fault.inject(undos)
        try:
            assert seen.talk(live) == "closed"
            assert boxed.seen_by("outsider", front) == ["refused refused"]
            counted = fault.counted(undos)
        finally:
            fault.heal(undos[0])

    assert counted.ok, counted.said
    assert boxed.seen_by("outsider", front) == ["good good"]


@pytest.mark.needs_docker
@pytest.mark.needs_root
@pytest.mark.parametrize(("one", "heard"), [("a.front", 0), ("a.back", 40)])
def test_only_what_one_group_sends_is_lost_in_a_one_way_partition(one: str, heard: int, boxed: Boxed) -> None:
    other = "a.back" if one == "a.front" else "a.front"
    fault = Partition(one=one, other=other, direction="one_way")
    undos = fault.plan(boxed.platform())
    before = heard_by(boxed, "back")
    fault.inject(undos)
    try:
        sent = sent_by(boxed, "front", boxed.address("back"), 40)
        counted = fault.counted(undos)
    finally:
        fault.heal(undos[0])

    assert heard_by(boxed, "back") - before == heard
    assert sum(sent.answers) == sent.errors == 0
    assert counted.ok, counted.said
    assert boxed.seen_by("front", boxed.address("back")) == ["good good"]


@pytest.mark.needs_root
def test_two_sites_do_not_hear_one_another_while_viewers_reach_both_and_both_toxiproxies_obey(
    carried_platform: Make,
) -> None:
    small = carried_platform(links=2)
    viewers, across = small.endpoints("a")[:2], small.endpoints("a")[2]
    fault = Partition(one="primary", other="standby")
    undos = fault.plan(small.platform)
    assert [undo.target for undo in undos] == ["link a.service--b.service"]
    fault.inject(undos)
    try:
        assert seen.tcp(*across) == "unreached"
        assert [seen.tcp(*each) for each in viewers] == ["good", "good"]
        counted = fault.counted(undos)
        begun = time.monotonic()
        for record in small.records:
            with closing(Server(record.api)) as server:
                assert all(proxy.enabled for proxy in server.table().values())
        assert time.monotonic() - begun < 2
    finally:
        fault.heal(undos[0])

    assert counted.ok, counted.said
    assert small.answers() == small.all_good()


def test_who_connects_is_known_by_the_proxies_that_a_link_passes(small_platform: Small) -> None:
    platform = small_platform(links=1).platform
    viewers, across = platform.links

    assert way_from("viewers", viewers, platform, where="") == "toward"
    assert way_from("a.service0", viewers, platform, where="") == "back"
    assert way_from("a", across, platform, where="") == "toward"
    assert way_from("b", across, platform, where="") == "back"
    inside = viewers.model_copy(update={"to": "a.other"})
    with pytest.raises(Refused, match="cut it both ways"):
        way_from("a.other", inside, platform, where="")


def test_groups_without_a_link_between_them_are_refused_with_the_ends_that_there_are(small_platform: Small) -> None:
    with pytest.raises(Refused, match=r"no link between witness and primary(.|\n)*viewers"):
        Partition(one="witness", other="primary").plan(small_platform().platform)


@pytest.mark.needs_root
def test_links_share_one_rate(small_platform: Small) -> None:
    """Two links, each of which sends as much as both may: together they get no more than one would."""
    small = small_platform(links=2)
    one, two = small.endpoints("a")[:2]
    fault = SharedBandwidth(link="primary.service*--viewers", rate="800kbit")
    undos = fault.plan(small.platform)
    assert [undo.target for undo in undos] == ["links a.service0--viewers, a.service1--viewers"]
    fault.inject(undos)
    try:
        passed, took_s = _poured([one, two], bytes_each=400_000)
        counted = fault.counted(undos)
    finally:
        fault.heal(undos[0])

    most = 100_000 * (took_s + 1) + 65_536  # what was saved up in an idle second, and the bucket
    assert 50_000 < sum(passed) <= most
    assert min(passed) > 5_000
    assert counted.ok, counted.said
    assert sum(_poured([one, two], bytes_each=50_000)[0]) == 100_000


@pytest.mark.needs_docker
def test_links_that_are_not_told_apart_alike_can_not_share_a_rate(boxed: Boxed) -> None:
    links = [
        {"name": "a.front--a.back", "from": "a.front", "to": "a.back", "port": PORT},
        {"name": "viewers--a.front", "from": "viewers", "to": "a.front", "port": PORT},
    ]

    with pytest.raises(Refused, match="can't share one rate"):
        SharedBandwidth(link="*", rate="1mbit").plan(boxed.platform(links=links))


NETEM = [
    (PacketDelay(link="primary.service0--viewers", delay="50ms"), ["delay", "50000us"]),
    (PacketDelay(link="x", delay="1s", jitter="20ms"), ["delay", "1000000us", "20000us"]),
    (PacketCorruption(link="x", percent=0.1), ["corrupt", "0.1%"]),
    (PacketReordering(link="x", percent="30%"), ["delay", "10000us", "reorder", "30%"]),
]


@pytest.mark.parametrize(("fault", "shape"), NETEM)
def test_what_netem_is_told(fault: PacketDelay | PacketCorruption | PacketReordering, shape: list[str]) -> None:
    assert fault.rule().shape == shape
    assert isinstance(fault, Demanding)


def test_netem_holds_what_leaves_loopback_and_what_enters_or_leaves_a_container() -> None:
    rule = PacketDelay(link="x", delay="50ms").rule().model_copy(update={"to": ["127.0.0.9:53"], "sources": []})
    inside = rule.model_copy(update={"to": ["10.1.0.2:53"], "sources": ["10.1.0.3"], "direction": "toward"})

    *first, there, back = (" ".join(each) for each in netem.create(rule, "switchdrill_0123456789ab", ["lo"]))
    *_first, entering = (" ".join(each) for each in netem.create(inside, "switchdrill_0123456789ab", ["eth0"]))

    through = "match ip protocol 17 0xff action mirred egress redirect dev sd0123456789ab"
    assert first == [
        "ip link add sd0123456789ab type ifb",
        "ip link set sd0123456789ab up",
        "tc qdisc add dev sd0123456789ab root netem limit 20000 delay 50000us",
        "tc qdisc replace dev lo clsact",
    ]
    on_loopback = "tc filter add dev lo egress protocol ip pref 10488 u32"
    assert there == f"{on_loopback} match ip dst 127.0.0.9/32 match ip dport 53 0xffff {through}"
    assert back == f"{on_loopback} match ip src 127.0.0.9/32 match ip sport 53 0xffff {through}"
    of_one = "match ip dst 10.1.0.2/32 match ip dport 53 0xffff match ip src 10.1.0.3/32"
    assert entering == f"tc filter add dev eth0 ingress protocol ip pref 10488 u32 {of_one} {through}"


@pytest.mark.parametrize("fault", [each for each, _shape in NETEM if each.link != "x"])
def test_a_kernel_without_netem_is_told_on_paper(
    fault: PacketDelay, small_platform: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asking in (choosing, netem):
        monkeypatch.setattr(asking, "why_no_netem", lambda: "not on this kernel: no such qdisc")

    with pytest.raises(Refused) as refused:
        fault.plan(small_platform().platform)
    assert "not on this kernel: no such qdisc" in (refused.value.because or "")
    assert fault.on_this_machine().startswith("not on this kernel: no such qdisc; unproven")


def test_with_netem_it_is_told_that_nobody_has_proven_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netem, "why_no_netem", lambda: "")

    assert PacketDelay.on_this_machine().startswith("unproven: ")


@pytest.mark.parametrize(
    "make",
    [
        lambda: PacketDelay(link="x", delay="50"),
        lambda: PacketDelay(link="x", delay="2m"),
        lambda: PacketDelay(link="x", delay="10ms", jitter="20ms"),
        lambda: PacketReordering(link="x", percent=5, by="0s"),
        lambda: Partition(one="", other="b"),
        lambda: Partition(one="a", other="b", direction="toward"),
        lambda: SharedBandwidth(link="x", rate="fast"),
    ],
)
def test_what_can_not_be_right_is_bad_input(make: Callable[[], Any]) -> None:
    with pytest.raises(BadInput):
        make()


def _poured(endpoints: list[tuple[str, int]], *, bytes_each: int) -> tuple[list[int], float]:
    """What comes through of so much for each, sent by turns within a second and a half; and how long it took."""
    size = 1000
    with (
        datagrams.heard(*endpoints[0], echoes=False) as first,
        datagrams.heard(*endpoints[1], echoes=False) as second,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        begun = time.monotonic()
        for number in range(bytes_each // size):
            for endpoint in endpoints:
                client.sendto(b"%-*d" % (size - 28, number), endpoint)
            if number % 20 == 0:
                time.sleep(0.05)  # the rate is of a second, so that something must pass one
        took_s = time.monotonic() - begun
    return [len(each) * size for each in (first, second)], took_s
