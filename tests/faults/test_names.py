"""Faults of DNS, on our relay: real questions over UDP and TCP, before, meanwhile and after."""

import dataclasses
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dns.message
import dns.rcode
import pytest

from switchdrill.clock import now_ns, pause, wait_until
from switchdrill.errors import BadInput, CouldNotHeal, Refused
from switchdrill.platform.model import Platform
from switchdrill.undo import Undo
from switchdrill_faults import DnsDelay, DnsError, DnsSilence, DnsStale, DnsTruncated, DnsWrongAnswer
from switchdrill_faults.names import relayed
from switchdrill_faults.names.acting import Active, judge
from switchdrill_faults.names.fault import NameFault
from switchdrill_faults.names.hold import rules_of
from tests.faults.named import Named

HERE, ELSEWHERE = ["192.0.2.10"], ["192.0.2.66"]


@contextmanager
def broken(named: Named, *faults: NameFault) -> Iterator[Sequence[Undo]]:
    """By these, and healed afterwards."""
    platform = named.on_paper()
    undos = [(fault, undo) for fault in faults for undo in fault.plan(platform)]
    for fault in faults:
        fault.inject([undo for own, undo in undos if own is fault])
    try:
        yield [undo for _fault, undo in undos]
    finally:
        for fault, undo in undos:
            fault.heal(undo)


def proven(fault: NameFault, undos: Sequence[Undo]) -> str:
    """Asked again until it is, as the engine does; what was said then."""
    said = [""]

    def is_proven() -> bool:
        counted = fault.counted(undos)
        said[0] = counted.said
        return counted.ok

    wait_until(is_proven, within_s=15, what="the proof", saw=lambda: said[0])
    return said[0]


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_every_answer_comes_later_by_the_delay(named: Named, transport: str) -> None:
    with broken(named, DnsDelay(resolver="one", delay="150ms")):
        seen = named.ask("one", transport)
        others = [named.ask("two", transport).took_ms for _each in range(5)]

    assert HERE == seen.addresses
    assert 150 <= seen.took_ms
    assert min(others) < 150


def test_a_jitter_stays_within_its_bounds_and_is_the_same_for_the_same_seed(named: Named) -> None:
    question = dns.message.make_query("live.test", "A").to_wire()
    rows = []
    for seed in (7, 7, 8):
        fault = DnsDelay(resolver="one", delay="40ms", jitter="30ms", seed=seed)
        (undo,) = fault.plan(named.on_paper())
        laid = [Active(rule) for rule in rules_of(undo)]
        rows.append([judge(question, "udp", laid).delay_s for _each in range(50)])

    assert rows[0] == rows[1] != rows[2]
    assert 0.010 <= min(rows[0]) < 0.020
    assert 0.060 < max(rows[0]) <= 0.070


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_silence_is_heard_by_nobody_behind(named: Named, transport: str) -> None:
    heard = named.zone.heard
    with broken(named, DnsSilence(resolver="one")):
        seen = named.ask("one", transport, within_s=0.2)
        heard_meanwhile = named.zone.heard

    assert seen.rcode is None
    assert heard == heard_meanwhile
    assert HERE == named.ask("one", transport).addresses


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("rcode", ["servfail", "nxdomain"])
def test_an_error_is_the_one_that_was_asked_for(named: Named, rcode: str, transport: str) -> None:
    with broken(named, DnsError(resolver="one", rcode=rcode)):  # type: ignore[arg-type]
        seen = named.ask("one", transport)

    assert rcode.upper() == dns.rcode.to_text(dns.rcode.Rcode(seen.rcode or 0))


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_wrong_answer_leads_to_its_address_for_its_ttl(named: Named, transport: str) -> None:
    with broken(named, DnsWrongAnswer(resolver="one", address=ELSEWHERE[0], ttl="3s")):
        seen = named.ask("one", transport)
        other_type = named.ask("one", transport, kind="AAAA")

    assert (ELSEWHERE, 3) == (seen.addresses, seen.ttl_s)
    assert [] == other_type.addresses
    assert HERE == named.ask("one", transport).addresses


def test_answers_are_cut_short_over_udp_and_whole_over_tcp(named: Named) -> None:
    with broken(named, DnsTruncated(resolver="one")):
        udp, tcp = named.ask("one", "udp"), named.ask("one", "tcp")

    assert (True, []) == (udp.is_truncated, udp.addresses)
    assert (False, HERE) == (tcp.is_truncated, tcp.addresses)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_stale_answers_outlive_their_ttl_and_the_change(named: Named, transport: str) -> None:
    fault = DnsStale(resolver="one", name="live.test", ttl="9s")
    try:
        with broken(named, fault) as undos:
            named.zone.addresses["live.test."] = ELSEWHERE[0]
            pause(1.1)  # the answer's own TTL is one second
            seen, other = named.ask("one", transport), named.ask("two", transport)
            proven(fault, undos)
        after = named.ask("one", transport)
    finally:
        named.zone.addresses["live.test."] = HERE[0]

    assert (HERE, 9) == (seen.addresses, seen.ttl_s)
    assert ELSEWHERE == other.addresses == after.addresses


def test_only_the_questions_that_are_meant_are_hit(named: Named) -> None:
    fault = DnsError(resolver="one", rcode="servfail", name="live.test", type="A", transport="udp")
    with broken(named, fault):
        hit = [named.ask("one"), named.ask("one", name="below.LIVE.test")]
        spared = [
            named.ask("one", name="chat.test"), named.ask("one", name="olive.test"), named.ask("one", kind="AAAA"),
            named.ask("one", "tcp"), named.ask("two"), named.ask("authority"),
        ]  # fmt: skip

    assert {dns.rcode.SERVFAIL} == {each.rcode for each in hit}
    assert {dns.rcode.NOERROR, dns.rcode.NXDOMAIN} == {each.rcode for each in spared}


def test_a_star_means_every_operators_resolver_and_leaves_the_authority(named: Named) -> None:
    fault = DnsError(resolver="*", rcode="nxdomain")
    with broken(named, fault) as undos:
        seen = [named.ask(each).rcode for each in ("one", "two", "authority")]
        proven(fault, undos)

    assert 2 == len(undos)
    assert [dns.rcode.NXDOMAIN, dns.rcode.NXDOMAIN, dns.rcode.NOERROR] == seen


def test_a_probability_hits_the_same_questions_for_the_same_seed(named: Named) -> None:
    rows = []
    for seed in (1, 1, 2):
        with broken(named, DnsError(resolver="one", rcode="servfail", probability=0.5, seed=seed)):
            rows.append([named.ask("one").rcode == dns.rcode.SERVFAIL for _each in range(24)])

    assert rows[0] == rows[1] != rows[2]
    assert 3 < sum(rows[0]) < 21


def test_two_faults_of_one_resolver_act_together_and_heal_apart(named: Named) -> None:
    late, wrong = DnsDelay(resolver="one", delay="80ms"), DnsError(resolver="one", rcode="servfail")
    with broken(named, wrong):
        with broken(named, late):
            both = named.ask("one")
            rows = relayed.hits(named.control) or {}
        one = [named.ask("one") for _each in range(5)]

    assert {dns.rcode.SERVFAIL} == {each.rcode for each in (both, *one)}
    assert min(each.took_ms for each in one) < 80 <= both.took_ms
    assert 2 == len(rows)


EVERY = [
    DnsDelay(resolver="one", delay="60ms"),
    DnsSilence(resolver="one"),
    DnsError(resolver="one", rcode="servfail"),
    DnsWrongAnswer(resolver="one", address=ELSEWHERE[0]),
    DnsTruncated(resolver="one"),
    DnsStale(resolver="one"),
]


@pytest.mark.parametrize("fault", EVERY, ids=lambda fault: type(fault).__name__)
def test_the_proof_is_a_counter_and_a_question_of_our_own(named: Named, fault: NameFault) -> None:
    undos = fault.plan(named.on_paper())
    before = fault.counted(undos)
    with broken(named, fault):
        meanwhile = proven(fault, undos)
    after = fault.counted(undos)

    assert (False, False) == (before.ok, after.ok)
    assert "questions met it" in meanwhile
    assert "udp: " in meanwhile
    assert "tcp: " in meanwhile


def test_rules_that_do_something_else_than_was_asked_prove_nothing(named: Named) -> None:
    late = DnsDelay(resolver="one", delay="2s")
    (undo,) = late.plan(named.on_paper())
    (rule,) = [str(each) for each in undo.facts["rules"]]  # type: ignore[union-attr]
    weak = undo.model_copy(update={"facts": {**undo.facts, "rules": [rule.replace("2000", "20")]}})
    with broken(named):
        late.inject([weak])
        counted = late.counted([undo])
        late.heal(undo)

    assert counted.said
    assert not counted.ok


def test_what_was_held_back_is_sent_when_it_heals(named: Named) -> None:
    fault = DnsDelay(resolver="one", delay="9s")
    undos = fault.plan(named.on_paper())
    fault.inject(undos)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.connect((f"{named.net}.0.11", 18053))
        client.send(bytes.fromhex("0007010000010000000000000464656164047465737400") + b"\x00\x01\x00\x01")
        while not sum((relayed.hits(named.control) or {}).values()):
            pause(0.005)
        begun_ns = now_ns()
        fault.heal(undos[0])
        answer = client.recv(512)

    assert bytes.fromhex("0007") == answer[:2]
    assert now_ns() - begun_ns < 5_000_000_000


def test_the_rules_of_others_stay_as_they_are(named: Named) -> None:
    with broken(named, DnsError(resolver="two", rcode="servfail")):
        before = list(relayed.hits(named.control) or {})
        with broken(named, DnsSilence(resolver="two", name="chat.test")):
            assert [*before, "one more"][:-1] == list(relayed.hits(named.control) or {})[:-1]
        assert before == list(relayed.hits(named.control) or {})


def test_a_relay_that_was_started_anew_gets_its_rules_back(named: Named) -> None:
    fault = DnsStale(resolver="one", name="live.test")
    undos = fault.plan(named.on_paper())
    fault.inject(undos)
    assert [] == list(fault.keep(undos))
    named.kill()
    assert [] == list(fault.keep(undos)), "nobody is there who could take them"
    named.start()
    (back,) = fault.keep(undos)

    assert back.gone_ns[0] <= back.gone_ns[1] <= back.again_ns
    proven(fault, undos)
    fault.heal(undos[0])


def test_healing_starts_no_relay_that_is_dead_and_says_that_nobody_answers(named: Named) -> None:
    fault = DnsWrongAnswer(resolver="one", address=ELSEWHERE[0])
    undos = fault.plan(named.on_paper())
    fault.inject(undos)
    named.kill()

    said = fault.heal(undos[0])

    assert "is gone, and its rules with it" in said
    assert "udp: no answer" in said
    assert [] == named.what_runs()


def test_a_relay_that_is_frozen_is_not_told_healed(named: Named) -> None:
    fault = DnsSilence(resolver="one")
    undos = fault.plan(named.on_paper())
    fault.inject(undos)
    process = named.process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(CouldNotHeal) as raised:
            fault.heal(undos[0])
    finally:
        os.kill(process.pid, signal.SIGCONT)

    assert "switchdrill heal --all" in str(raised.value)
    assert "DNS of one is as before" in fault.heal(undos[0])


def test_a_front_that_nobody_stands_in_is_refused_with_those_that_there_are(named: Named) -> None:
    platform = named.on_paper()
    nowhere = platform.model_copy(update={"names": []})

    with pytest.raises(Refused, match="one, two, authority"):
        DnsSilence(resolver="mobile").plan(platform)
    with pytest.raises(Refused, match="`names`"):
        DnsSilence(resolver="one").plan(nowhere)
    with pytest.raises(Refused, match=r"live\.test, chat\.test"):
        DnsStale(resolver="one", name="other.test").plan(platform)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a b"}, {"name": "'; os.exit()"}, {"type": "Z9"}, {"transport": "quic"}, {"probability": 0},
        {"probability": 1.5}, {"seed": "x"}, {"resolver": ""}, {"delay": "0ms"}, {"delay": "11s"}, {"delay": "5"},
        {"jitter": "300ms"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_right_is_refused_when_it_is_made(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        dataclasses.replace(DnsDelay(resolver="one", delay="200ms"), **wrong)  # type: ignore[arg-type]


def test_parameters_of_one_fault_alone_are_checked_as_well() -> None:
    for make in (
        lambda: DnsTruncated(resolver="one", transport="tcp"),
        lambda: DnsStale(resolver="one", type="MX"),
        lambda: DnsWrongAnswer(resolver="one", address="live.test"),
        lambda: DnsWrongAnswer(resolver="one", address="192.0.2.1", type="AAAA"),
        lambda: DnsWrongAnswer(resolver="one", address="192.0.2.1", ttl="1500ms"),
        lambda: DnsError(resolver="one", rcode="refused"),  # type: ignore[arg-type]
    ):
        with pytest.raises(BadInput):
            make()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([{"resolver": "mobile", "relay": {"control": "127.0.0.1:1", "upstream": "127.0.0.1:2"}}], "no resolver"),
        ([{"resolver": "one"}], "exactly one of relay or dnsdist"),
        ([{"resolver": "one", "dnsdist": {"service": "x"}}], "no service"),
        ([{"resolver": "one", "relay": {"control": "127.0.0.1:1", "upstream": "127.0.0.1:2"}}] * 2, "stands twice"),
    ],
    ids=["unknown", "nobody", "no service", "twice"],
)
def test_a_front_in_the_platforms_file_is_somewhere(named: Named, names: list[object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Platform.model_validate({**named.told(), "names": names})
