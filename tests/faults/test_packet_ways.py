"""The three ways to lay a rule: which one a host allows, that each is seen, counted, kept and taken away."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.labels import HELPER, TABLE
from switchdrill.errors import CouldNotStart
from switchdrill.platform.model import Platform
from switchdrill.undo import Undo
from switchdrill_faults import LinkBlackhole, SiteLoss
from switchdrill_faults.packets import grounds, nft, way
from switchdrill_faults.toxiproxy.client import Server
from tests.faults import seen
from tests.faults.boxed import PORT, Boxed, make_image
from tests.faults.nobody import as_nobody

pytestmark = pytest.mark.needs_docker

BLACKHOLE = SiteLoss(site="primary", shape="blackhole")
BREAK = """
platform, shape = Platform.model_validate_json(sys.argv[1]), sys.argv[2]
fault = SiteLoss(site="primary", shape=shape)
undos = fault.plan(platform)
if sys.argv[3] == "inject": fault.inject(undos)
print(undos[0].model_dump_json())
"""
HEAL = """
undo = Undo.model_validate_json(sys.argv[1])
print(SiteLoss(site="primary", shape=undo.facts["shape"]).counted([undo]).said)
print(SiteLoss.heal(undo))
print(SiteLoss.heal(undo))
"""

WHY = """
from switchdrill.errors import Refused
try: SiteLoss(site="primary", shape="fast_fail").plan(Platform.model_validate_json(sys.argv[1]))
except Refused as problem: print(problem)
"""


def test_root_on_the_host_of_the_bridges_cuts_the_site_in_one_transaction(boxed: Boxed) -> None:
    undo = BLACKHOLE.plan(boxed.platform())[0]

    assert undo.mechanism == "nftables on this host"


def test_an_engine_in_another_network_namespace_is_not_taken_for_ours(tmp_path: Path) -> None:
    """Its socket is local, its bridges may be called as ours."""
    listens = (
        "import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen();"
        "print('up', flush=True); time.sleep(30)"
    )
    for start, expected in (([], ""), (["unshare", "-n"], "another network namespace")):
        path = tmp_path / f"{len(start)}.sock"
        with subprocess.Popen([*start, sys.executable, "-c", listens, str(path)], stdout=subprocess.PIPE) as engine:
            assert engine.stdout is not None
            assert engine.stdout.readline() == b"up\n"

            why = grounds.why_not_on_bridges(Endpoint(url=f"unix://{path}"), None, [])

            engine.kill()
        assert expected in why
        assert bool(expected) == bool(why)


@pytest.mark.parametrize(
    ("shape", "outside", "live_is"),
    [("fast_fail", "refused refused", "closed"), ("blackhole", "unreached silent", "silent")],
)
def test_without_root_a_helper_container_lays_the_rule_inside(
    shape: str, outside: str, live_is: str, boxed: Boxed
) -> None:
    front, back = boxed.address("front"), boxed.address("back")
    with socket.create_connection((front, PORT), timeout=0.6) as live:
        assert seen.talk(live) == "good"

        line = as_nobody(BREAK, boxed.platform().model_dump_json(by_alias=True), shape, "inject")

        assert seen.talk(live) == live_is
    mechanism = Undo.model_validate_json(line).mechanism
    assert mechanism == f"nftables in the network namespace of {boxed.called('front')}"
    assert boxed.seen_by("outsider", front) == [outside]
    mine = f"{outside.split()[0]} silent"  # the sender is not told, so that he never sees EPERM
    assert boxed.seen_by("front", back, boxed.address("other")) == ["good good", mine]
    counted, first, second = as_nobody(HEAL, line).splitlines()
    assert int(counted.split()[0]) > 0
    assert "packets pass again" in first
    assert "nothing was done" in second
    assert boxed.seen_by("outsider", front) == ["good good"]
    assert _helpers(boxed) == []


def test_a_rule_inside_a_container_that_is_started_anew_is_put_back(boxed: Boxed) -> None:
    front = boxed.address("front")
    line = as_nobody(BREAK, boxed.platform().model_dump_json(by_alias=True), "blackhole", "plan")
    undo = Undo.model_validate_json(line)
    BLACKHOLE.inject([undo])
    assert list(BLACKHOLE.keep([undo])) == []

    boxed.engine.restart(boxed.called("front"), grace_s=0)
    back = BLACKHOLE.keep([undo])

    assert [(each.undo, each.target) for each in back] == [(undo, f"container {boxed.called('front')}")]
    assert back[0].gone_ns[0] < back[0].gone_ns[1] <= back[0].again_ns
    assert seen.tcp(front) == "unreached"
    assert list(BLACKHOLE.keep([undo])) == []
    assert "packets pass again" in BLACKHOLE.heal(undo)
    assert boxed.seen_by("outsider", front) == ["good good"]


def test_a_table_that_a_reloaded_firewall_took_away_is_put_back(boxed: Boxed) -> None:
    undo = BLACKHOLE.plan(boxed.platform())[0]
    BLACKHOLE.inject([undo])
    table = way.of(undo).table

    subprocess.run([nft.found("nft"), "delete", "table", "inet", table], check=True)
    back = BLACKHOLE.keep([undo])

    assert [each.target for each in back] == ["this host"]
    assert seen.tcp(boxed.address("front")) == "unreached"
    BLACKHOLE.heal(undo)
    assert _tables() == []


@pytest.fixture
def plain(boxed: Boxed) -> Iterator[Platform]:
    """Site a is its front alone, whose image has no nft."""
    name = f"{boxed.name}-plain"
    make_image(boxed.engine, name, programs=("sh",))
    boxed.engine.remove(boxed.called("front"))
    boxed.run("front", "wan", image=f"{name}:latest")
    platform = boxed.platform()
    only = [each for each in platform.services if each.name == "a.front"]
    yield platform.model_copy(update={"services": only, "links": []})
    boxed.engine.remove(boxed.called("front"))
    boxed.run("front", "wan")
    boxed.engine.attach(boxed.called("a"), boxed.called("front"), address=boxed.address("inner"), aliases=["inner"])
    boxed.engine.use("remove image", lambda client: client.images.remove(f"{name}:latest", force=True))


def test_without_any_nft_a_container_is_taken_off_its_networks_and_gets_all_of_them_back(
    boxed: Boxed, plain: Platform
) -> None:
    before = boxed.engine.get(boxed.called("front"))
    front = boxed.address("front")
    line = as_nobody(BREAK, plain.model_dump_json(by_alias=True), "blackhole", "inject")

    mechanism = Undo.model_validate_json(line).mechanism
    assert mechanism == f"docker network disconnect of {boxed.called('front')}"
    assert seen.tcp(front) == "unreached"
    counted, first, second = as_nobody(HEAL, line).splitlines()
    assert "1 of 1 networks disconnected" in counted
    assert "packets pass again" in first
    assert "nothing was done" in second
    after = boxed.engine.get(boxed.called("front"))
    assert after.networks == before.networks
    assert boxed.seen_by("outsider", front) == ["good good"]


def test_without_any_packet_path_a_lent_toxiproxy_makes_a_site_fail_fast_and_every_reason_is_told_for_the_rest(
    boxed: Boxed, plain: Platform, lent: Callable[[], tuple[Any, Server]]
) -> None:
    small, server = lent()
    site = plain.sites["a"].model_copy(update={"toxiproxy": server.url})
    links = [each for each in small.platform.links if len(each.hops) == 1]
    platform = plain.model_copy(update={"sites": {**plain.sites, "a": site}, "links": links})
    before = server._transport.ask("GET", "/proxies")

    line = as_nobody(BREAK, platform.model_dump_json(by_alias=True), "fast_fail", "inject")

    assert Undo.model_validate_json(line).mechanism == "the platform's own Toxiproxy, its proxies disabled"
    assert seen.tcp(*small.endpoints("a")[0]) == "refused"
    counted, first, second = as_nobody(HEAL, line).splitlines()
    assert counted == "1 of 1 proxies disabled"
    assert "1 proxies enabled" in first
    assert "nothing was done" in second
    assert server._transport.ask("GET", "/proxies") == before
    told = as_nobody(WHY, plain.model_dump_json(by_alias=True))
    assert "nftables on this host need root" in told
    assert "no image on" in told


def test_a_table_of_that_name_is_told_and_nothing_is_laid(boxed: Boxed) -> None:
    undo = BLACKHOLE.plan(boxed.platform())[0]
    table = way.of(undo).table
    subprocess.run([nft.found("nft"), f"add table bridge {table}"], check=True)
    try:
        with pytest.raises(CouldNotStart, match="File exists") as raised:
            BLACKHOLE.inject([undo])

        assert "heal --all" in (raised.value.now or "")
        assert _tables() == [f"table bridge {table}"]
        assert seen.tcp(boxed.address("front")) == "good"
    finally:
        subprocess.run([nft.found("nft"), f"delete table bridge {table}"], check=True)


def test_what_was_killed_half_way_through_breaking_comes_home(boxed: Boxed) -> None:
    """The rule was laid and one of the containers killed when the runner died."""
    fault = SiteLoss(site="primary", shape="power_off")
    undo = fault.plan(boxed.platform())[0]
    way.lay(way.of(undo))
    boxed.engine.kill(boxed.called("back"))

    said = _healed_elsewhere(undo)

    assert "serves again" in said
    assert _tables() == []
    assert boxed.seen_by("outsider", boxed.address("front")) == ["good good"]
    assert boxed.state_of("back") == "running"


def test_the_way_home_needs_no_engine_when_this_machine_can_enter_the_namespace(boxed: Boxed) -> None:
    link = LinkBlackhole(link="a.front--a.back")
    undo = link.plan(boxed.platform())[0]
    back = boxed.engine.get(boxed.called("back"))
    post = way.Post(name=back.name, id=back.id, pid=back.pid, where=Endpoint())
    inside = way.of(undo).model_copy(update={"how": "inside", "posts": [post]})
    way.lay(inside)
    assert boxed.seen_by("front", boxed.address("back")) == ["unreached silent"]
    assert way.counted(inside).ok
    nowhere = post.model_copy(update={"where": Endpoint(url="unix:///nowhere.sock")})

    said = way.heal(inside.model_copy(update={"posts": [nowhere]}))

    assert "packets pass again" in said
    assert boxed.seen_by("front", boxed.address("back")) == ["good good"]


def _healed_elsewhere(undo: Undo) -> str:
    program = (
        "import sys; from switchdrill.fault import catalogue; from switchdrill.undo import Undo\n"
        "undo = Undo.model_validate_json(sys.argv[1]); print(catalogue()[undo.kind].heal(undo))"
    )
    healer = subprocess.run(
        [sys.executable, "-c", program, undo.model_dump_json()], capture_output=True, text=True, timeout=60, check=False
    )
    assert (healer.returncode, healer.stderr) == (0, "")
    return healer.stdout


def _tables() -> list[str]:
    listed = subprocess.run([nft.found("nft"), "list", "tables"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if TABLE in line]


def _helpers(boxed: Boxed) -> list[str]:
    return [each.name for each in boxed.engine.every(HELPER)]
