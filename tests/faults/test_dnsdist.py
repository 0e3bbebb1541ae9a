"""Faults of DNS, on the staging platform's own dnsdist and the Toxiproxy before it: real questions, a real console."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dns.rcode
import pytest

from switchdrill.clock import wait_until
from switchdrill.containers.engine import Engine
from switchdrill.errors import CouldNotHeal, CouldNotStart, Refused
from switchdrill_faults import DnsDelay, DnsError, DnsSilence, DnsStale, DnsTruncated, DnsWrongAnswer
from switchdrill_faults.names.fault import NameFault
from tests.faults.ruled import Ruled, ruled_platform
from tests.faults.test_names import proven

pytestmark = [pytest.mark.needs_docker, pytest.mark.needs_root]
HERE = ["192.0.2.10"]


@pytest.fixture(scope="module")
def ruled(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ruled]:
    with ruled_platform(engine, f"sdn{os.getpid()}", tmp_path_factory.mktemp("ruled")) as platform:
        platform.say("addAction(QNameRule('theirs.test.'), DropAction(), {name='theirs'})")
        yield platform


EVERY = [
    DnsDelay(resolver="telecom", delay="150ms", jitter="20ms"),
    DnsSilence(resolver="telecom", name="live.test"),
    DnsError(resolver="telecom", rcode="nxdomain"),
    DnsWrongAnswer(resolver="telecom", address="192.0.2.66"),
    DnsTruncated(resolver="telecom", type="A"),
    DnsStale(resolver="telecom", ttl="9s"),
]


@pytest.mark.parametrize("fault", EVERY, ids=lambda fault: type(fault).__name__)
def test_each_fault_shows_at_its_own_resolver_alone_and_leaves_no_trace(ruled: Ruled, fault: NameFault) -> None:
    undos = fault.plan(ruled.platform())
    before, unbroken = ruled.rules(), fault.counted(undos)
    fault.inject(undos)
    proven(fault, undos)
    laid = ruled.rules()
    others = [ruled.ask(who, over) for who in ("unicom", "authority") for over in ("udp", "tcp")]
    said = fault.heal(undos[0])

    assert not unbroken.ok
    assert laid[-len(before) :] == before == ruled.rules(), "rules of others, each as it was"
    assert [HERE] * 4 == [each.addresses for each in others]
    assert min(each.took_ms for each in others) < 130
    assert "as before" in said
    assert [HERE, HERE] == [ruled.ask("telecom", over).addresses for over in ("udp", "tcp")]
    assert "nothing was done" in fault.heal(undos[0])


def test_healing_works_from_the_undo_alone_in_another_process(ruled: Ruled, tmp_path: Path) -> None:
    fault = DnsDelay(resolver="unicom", delay="200ms")
    before = ruled.rules()
    (undo,) = fault.plan(ruled.platform())
    fault.inject([undo])
    file = tmp_path / "undo.json"
    file.write_text(undo.model_dump_json())
    program = (
        "import sys; from pathlib import Path\n"
        "from switchdrill.fault import catalogue; from switchdrill.undo import Undo\n"
        "undo = Undo.model_validate_json(Path(sys.argv[1]).read_bytes())\n"
        "print(catalogue()[undo.kind].heal(undo))"
    )
    healer = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, check=False)

    assert (0, "") == (healer.returncode, healer.stderr)
    assert before == ruled.rules()
    assert min(ruled.ask("unicom", "tcp").took_ms for _each in range(5)) < 200


def test_the_same_seed_hits_the_same_questions(ruled: Ruled) -> None:
    rows = []
    for seed in (5, 5, 6):
        fault = DnsError(resolver="telecom", rcode="servfail", transport="udp", probability=0.5, seed=seed)
        undos = fault.plan(ruled.platform())
        fault.inject(undos)
        rows.append([ruled.ask("telecom").rcode == dns.rcode.SERVFAIL for _each in range(24)])
        fault.heal(undos[0])

    assert rows[0] == rows[1] != rows[2]
    assert 3 < sum(rows[0]) < 21


def test_only_the_name_type_and_transport_that_are_meant_are_hit(ruled: Ruled) -> None:
    fault = DnsError(resolver="telecom", rcode="servfail", name="live.test", type="A", transport="tcp")
    undos = fault.plan(ruled.platform())
    fault.inject(undos)
    hit = [ruled.ask("telecom", "tcp"), ruled.ask("telecom", "tcp", "below.live.test")]
    spared = [
        ruled.ask("telecom"), ruled.ask("telecom", "tcp", "chat.test"), ruled.ask("telecom", "tcp", kind="AAAA")
    ]  # fmt: skip
    fault.heal(undos[0])

    assert {dns.rcode.SERVFAIL} == {each.rcode for each in hit}
    assert dns.rcode.SERVFAIL not in {each.rcode for each in spared}


def test_what_dnsdist_and_its_toxiproxy_cannot_do_is_refused_on_paper(ruled: Ruled) -> None:
    with pytest.raises(Refused, match="UDP only"):
        DnsDelay(resolver="telecom", delay="1s").plan(ruled.platform(with_toxiproxy=False))
    with pytest.raises(Refused, match="neither names nor types"):
        DnsDelay(resolver="telecom", delay="1s", name="live.test").plan(ruled.platform())
    (undo,) = DnsDelay(resolver="telecom", delay="1s", name="live.test", transport="udp").plan(ruled.platform())
    assert "Toxi" not in undo.mechanism


def test_rules_that_went_with_their_container_are_laid_again_and_a_stopped_one_has_none(ruled: Ruled) -> None:
    fault = DnsDelay(resolver="telecom", delay="150ms")
    name = f"{ruled.name}-dnsdist"
    undos = fault.plan(ruled.platform())
    fault.inject(undos)
    ruled.engine.restart(name, grace_s=1)
    ruled.wait()
    back = wait_until(lambda: fault.keep(undos), within_s=10, what="the rules are back")
    proven(fault, undos)
    ruled.engine.kill(name)
    said = fault.heal(undos[0])
    ended = ruled.engine.get(name).state
    ruled.engine.start(name)
    ruled.wait()

    assert 1 == len(back)
    assert "is gone, and its rules with it" in said
    assert "exited" == ended
    assert "nothing was done" in fault.heal(undos[0])


def test_a_dnsdist_that_is_frozen_is_not_told_healed(ruled: Ruled) -> None:
    fault = DnsSilence(resolver="telecom")
    undos = fault.plan(ruled.platform())
    fault.inject(undos)
    ruled.engine.pause(f"{ruled.name}-dnsdist")
    try:
        with pytest.raises(CouldNotHeal):
            fault.heal(undos[0])
    finally:
        ruled.engine.unpause(f"{ruled.name}-dnsdist")

    assert "as before" in fault.heal(undos[0])


def test_a_console_that_does_not_answer_is_told_with_what_it_needs(ruled: Ruled) -> None:
    platform = ruled.platform()
    front = platform.names[0]
    assert front.dnsdist is not None
    lost = front.model_copy(update={"dnsdist": front.dnsdist.model_copy(update={"config": "/nowhere.conf"})})
    fault = DnsSilence(resolver="telecom")
    undos = fault.plan(platform.model_copy(update={"names": [lost]}))

    with pytest.raises(CouldNotStart, match="controlSocket"):
        fault.inject(undos)
    with pytest.raises(CouldNotHeal, match="not valid"):
        fault.heal(undos[0])
