"""Links that are lost together: a site's uplink, an egress line; what is not meant lives on."""

import json
import sys
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from switchdrill.errors import BadInput, CouldNotHeal, Refused
from switchdrill.fault import Fault
from switchdrill.platform.model import Platform
from switchdrill.record.samples import Outcome
from switchdrill_faults import EgressLoss, SiteUplinkLoss
from switchdrill_faults.composed.severed import Shape
from tests.faults import seen
from tests.faults.boxed import PORT, Boxed
from tests.faults.losses import Make

UPLINK = SiteUplinkLoss(site="primary")


def with_viewers_elsewhere(platform: Platform) -> Platform:
    """The second link of its viewers takes a line of its own."""
    links = [
        link.model_copy(update={"line": "a-mobile"}) if link.name == "a.service1--viewers" else link
        for link in platform.links
    ]
    return platform.model_copy(update={"links": links})


@pytest.mark.parametrize(
    ("shape", "looks", "outcomes"),
    [
        pytest.param("blackhole", "unreached", [Outcome.TIMED_OUT], marks=pytest.mark.needs_root),
        ("fast_fail", "refused", [Outcome.REFUSED, Outcome.RESET]),
    ],
)
def test_nobody_outside_reaches_a_site_without_uplink_and_its_peer_does(
    carried_platform: Make, shape: Shape, looks: str, outcomes: list[Outcome]
) -> None:
    small = carried_platform(links=2)
    first, second, across = small.endpoints("a")
    fault = SiteUplinkLoss(site="primary", shape=shape)
    undos = fault.plan(small.platform)

    fault.inject(undos)

    assert [seen.tcp(*first), seen.tcp(*second), seen.tcp(*across)] == [looks, looks, "good"]
    assert undos[0].also == ["link a.service0--viewers", "link a.service1--viewers"]
    effect = fault.effect(undos)
    assert (effect.site, effect.outcomes) == ("a", outcomes)
    assert fault.counted(undos).ok
    fault.heal(undos[0])
    assert small.answers() == small.all_good()


@pytest.mark.needs_root
def test_a_line_takes_with_it_what_takes_it_and_nothing_else(carried_platform: Make) -> None:
    small = carried_platform(links=2)
    platform = with_viewers_elsewhere(small.platform)
    fault = EgressLoss(line="a-mobile")
    undos = fault.plan(platform)
    assert (undos[0].target, fault.effect(undos).site) == ("line a-mobile", "")

    fault.inject(undos)

    first, second, across = small.endpoints("a")
    assert [seen.tcp(*first), seen.tcp(*second), seen.tcp(*across)] == ["good", "unreached", "good"]
    assert fault.counted(undos).ok
    fault.heal(undos[0])
    assert small.answers() == small.all_good()


@pytest.mark.needs_root
def test_a_link_that_nobody_uses_is_proven_all_the_same(carried_platform: Make) -> None:
    small = carried_platform(links=2)
    undos = UPLINK.plan(small.platform)
    assert not UPLINK.counted(undos).ok
    UPLINK.inject(undos)

    wait_until(lambda: UPLINK.counted(undos).ok, within_s=2, what="both links are proven")

    UPLINK.heal(undos[0])


@pytest.mark.needs_root
def test_a_site_that_lived_on_is_fenced_once_before_any_of_its_links_is_opened(
    carried_platform: Make, net: str, tmp_path: Path
) -> None:
    look = (
        "import json, socket, sys\n"
        "def look(port):\n"
        "    try:\n"
        f"        socket.create_connection(('{net}.1.1', port), timeout=0.5).close(); return 'open'\n"
        "    except OSError as problem:\n"
        "        return type(problem).__name__\n"
        f"print(json.dumps([sys.argv[1], look(18301), look(18302)]), file=open({str(tmp_path / 'seen')!r}, 'a'))\n"
    )
    small = carried_platform(links=2, fence=[sys.executable, "-c", look, "{site}"])
    undos = UPLINK.plan(small.platform)
    UPLINK.inject(undos)

    for _twice in range(2):
        UPLINK.heal(undos[0])

    fenced = [json.loads(line) for line in (tmp_path / "seen").read_text().splitlines()]
    assert fenced == [["a", "TimeoutError", "TimeoutError"]]
    assert "fences site a" in undos[0].says
    assert undos[0].heal_limit_s > 10
    assert small.answers() == small.all_good()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(UPLINK, marks=pytest.mark.needs_root),
        EgressLoss(line="a-public", shape="fast_fail"),
    ],
    ids=repr,
)
def test_when_fencing_fails_no_link_is_opened(fault: Fault, carried_platform: Make) -> None:
    small = carried_platform(links=2, fence=["/bin/false"])
    undo = fault.plan(small.platform)[0]
    fault.inject([undo])
    broken = small.answers()

    with pytest.raises(CouldNotHeal, match="site a could not be fenced"):
        fault.heal(undo)

    assert small.answers() == broken != small.all_good()
    fault.heal(undo.model_copy(update={"facts": {**undo.facts, "fence": ["/bin/true"]}}))
    assert small.answers() == small.all_good()


@pytest.mark.needs_docker
@pytest.mark.needs_root
def test_the_uplink_of_a_site_of_containers_is_lost_and_its_inside_is_not(boxed: Boxed) -> None:
    links = [
        {"name": "viewers--a.front", "from": "viewers", "to": "a.front", "port": PORT},
        {"name": "a.front--a.back", "from": "a.front", "to": "a.back", "port": PORT},
    ]
    front, back = boxed.address("front"), boxed.address("back")
    undos = UPLINK.plan(boxed.platform(links=links))
    assert UPLINK.effect(undos).site == "a"

    UPLINK.inject(undos)

    assert seen.tcp(front) == "unreached"
    assert boxed.seen_by("outsider", front) == ["unreached silent"]
    assert boxed.seen_by("front", back) == ["good good"]
    assert UPLINK.counted(undos).ok
    UPLINK.heal(undos[0])
    assert boxed.seen_by("outsider", front) == ["good good"]


@pytest.mark.needs_docker
def test_what_one_link_can_not_have_the_whole_refuses_and_says_which(boxed: Boxed) -> None:
    front, back = boxed.address("front"), boxed.address("back")
    links = [
        {"name": "anybody--a.back", "from": "anybody", "to": "a.back", "port": PORT},
        {
            "name": "a.back--viewers", "from": "a.back", "to": "viewers",
            "hops": [{"site": "a", "listen": f"{front}:81", "upstream": f"{back}:{PORT}"}],
        },
    ]  # fmt: skip

    with pytest.raises(Refused, match="a Toxiproxy dials there") as raised:
        UPLINK.plan(boxed.platform(links=links))

    where = raised.value.where or ""
    assert "SiteUplinkLoss(shape='blackhole', site='primary')" in where
    assert "LinkBlackhole(link='anybody--a.back')" in where


def test_a_site_without_links_to_the_outside_and_a_line_that_nobody_takes_are_refused(small_platform: Make) -> None:
    platform = small_platform().platform

    with pytest.raises(Refused, match="site b has no uplink"):
        SiteUplinkLoss(site="standby").plan(platform)
    with pytest.raises(Refused, match="no line nowhere") as raised:
        EgressLoss(line="nowhere").plan(platform)
    assert "a-public" in (raised.value.because or "")
    with pytest.raises(Refused, match="no site 'elsewhere'"):
        SiteUplinkLoss(site="elsewhere").plan(platform)
    with pytest.raises(BadInput, match="the shapes are"):
        EgressLoss(line="a-public", shape="quietly")  # type: ignore[arg-type]
