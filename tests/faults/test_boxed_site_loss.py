"""The loss of a site that is containers: what a client sees, what is counted, how it comes home."""

import socket
import sys
from pathlib import Path

import pytest

from switchdrill.containers.endpoint import Endpoint
from switchdrill.errors import CouldNotHeal
from switchdrill_faults import SiteLoss
from switchdrill_faults.docker import box, breaking, home
from switchdrill_faults.docker.box import Box
from tests.faults import seen
from tests.faults.boxed import PORT, Boxed

pytestmark = pytest.mark.needs_docker

SHAPES = {
    "stall": ("silent silent", "silent"),
    "fast_fail": ("refused refused", "closed"),
    "blackhole": ("unreached silent", "silent"),
    "power_off": ("unreached silent", "silent"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_what_clients_see_and_comes_home_twice(shape: str, boxed: Boxed, tmp_path: Path) -> None:
    fenced = tmp_path / "fenced"
    platform = boxed.platform(fence=["/bin/sh", "-c", f"echo {{site}} >> {fenced}"])
    fault = SiteLoss(site="primary", shape=shape)
    undos = fault.plan(platform)
    front, other = boxed.address("front"), boxed.address("other")
    with socket.create_connection((front, PORT), timeout=1) as live:
        assert seen.talk(live) == "good"

        fault.inject(undos)

        assert seen.talk(live) == SHAPES[shape][1]
    assert seen.tcp(front) == SHAPES[shape][0].split()[0]
    assert seen.udp(front) == "silent"
    assert boxed.seen_by("outsider", front, other) == [SHAPES[shape][0], "good good"]
    assert fault.counted(undos).ok, fault.counted(undos)
    said = [fault.heal(undo) for _twice in range(2) for undo in undos]

    assert boxed.seen_by("outsider", front, other) == ["good good", "good good"]
    assert (seen.tcp(front), seen.udp(front)) == ("good", "good")
    assert fenced.read_text() == "a\n"
    assert "nothing was done" in said[1]


@pytest.mark.parametrize(("shape", "state"), [("stall", "paused"), ("power_off", "exited")])
def test_what_somebody_wakes_is_lost_again_and_both_instants_are_told(shape: str, state: str, boxed: Boxed) -> None:
    fault = SiteLoss(site="primary", shape=shape)
    undos = fault.plan(boxed.platform())
    fault.inject(undos)
    try:
        assert list(fault.keep(undos)) == []
        (boxed.engine.unpause if shape == "stall" else boxed.engine.start)(boxed.called("back"))
        (back,) = fault.keep(undos)
        states = [boxed.state_of(who) for who in ("front", "back")]
    finally:
        said = [fault.heal(undo) for undo in undos]

    assert [state, state] == states
    assert boxed.called("back") in back.target
    assert back.gone_ns[0] <= back.gone_ns[1] <= back.again_ns
    assert "2 container(s) started" in said[0]


def test_containers_without_fixed_addresses_get_their_own_again(boxed: Boxed) -> None:
    """An engine gives the lowest free address to whoever starts first."""
    names = ("early", "late")
    for who in names:
        boxed.run(who, "wan", fixed=False)
    try:
        before = {who: boxed.engine.get(boxed.called(who)).addresses for who in names}
        made = [
            Box(service=who, name=boxed.called(who), where=boxed.engine.endpoint, addresses=list(before[who]))
            for who in reversed(names)
        ]
        breaking.kill(made)

        assert home.start(made) == ["2 container(s) started"]

        assert {who: boxed.engine.get(boxed.called(who)).addresses for who in names} == before
        breaking.kill(made)
        elsewhere = [each.model_copy(update={"addresses": ["10.1.2.3"]}) for each in made]
        assert "before at 10.1.2.3" in home.start(elsewhere)[1]
    finally:
        for who in names:
            boxed.engine.remove(boxed.called(who))


def test_a_site_is_fenced_while_its_way_is_closed_and_stays_closed_when_that_fails(boxed: Boxed) -> None:
    front, inner = boxed.address("front"), boxed.address("inner")
    look = f"import sys; sys.path.insert(0, {str(seen.__file__).removesuffix('/seen.py')!r}); import seen; "
    look += f"sys.exit(0 if (seen.tcp({front!r}), seen.tcp({inner!r})) == ('refused', 'good') else 7)"
    fault = SiteLoss(site="primary", shape="fast_fail")
    undo = fault.plan(boxed.platform(fence=["/bin/sh", "-c", "echo the standby does not answer >&2; exit 7"]))[0]
    fault.inject([undo])

    for _twice in range(2):
        with pytest.raises(CouldNotHeal, match="stays closed") as raised:
            fault.heal(undo)
        assert "the standby does not answer" in str(raised.value)
    assert seen.tcp(front) == "refused"

    mended = undo.model_copy(update={"facts": {**undo.facts, "fence": [sys.executable, "-c", look]}})
    assert "fenced" in fault.heal(mended)  # the command itself has looked: closed to viewers, open to the operator
    assert seen.tcp(front) == "good"


@pytest.mark.parametrize("shape", ["stall", "power_off"])
def test_when_fencing_fails_nothing_of_the_site_is_started(shape: str, boxed: Boxed) -> None:
    fault = SiteLoss(site="primary", shape=shape)
    undo = fault.plan(boxed.platform(fence=["/bin/false"]))[0]
    fault.inject([undo])

    with pytest.raises(CouldNotHeal, match="could not be fenced"):
        fault.heal(undo)

    assert {boxed.state_of(who) for who in ("front", "back")} == {"exited"}
    mended = undo.model_copy(update={"facts": {**undo.facts, "fence": ["/bin/true"]}})
    assert "2 container(s) started" in fault.heal(mended)
    assert boxed.seen_by("outsider", boxed.address("front")) == ["good good"]


def test_a_rule_of_this_host_comes_off_while_no_engine_answers(boxed: Boxed) -> None:
    fault = SiteLoss(site="primary", shape="blackhole")
    undo = fault.plan(boxed.platform(is_ours=True))[0]
    fault.inject([undo])
    nowhere = Endpoint(url="unix:///nowhere.sock")
    lost = [each.model_copy(update={"where": nowhere}) for each in box.read(undo)]

    said = fault.heal(undo.model_copy(update={"facts": {**undo.facts, "boxes": box.write(lost)}}))

    assert "packets pass again" in said
    assert seen.tcp(boxed.address("front")) == "good"
