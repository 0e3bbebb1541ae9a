"""What every way of going wrong is called in the samples."""

import threading

import pytest

from switchdrill.clock import NS_PER_MS, NS_PER_S, now_ns, wait_until
from switchdrill.record.samples import Outcome

SITES = {"name": "watch", "kind": "hls", "through": "sites", "entry": "live", "every": "100ms", "timeout": "5s"}
MEDIA = {**SITES, "name": "media", "through": "operators"}
DNS = {**MEDIA, "name": "dns", "kind": "dns"}
HEALTH = {**SITES, "name": "ready", "kind": "http", "path": "/health"}
GIFTS = {**MEDIA, "name": "gifts", "kind": "ledger", "ledger": "gifts"}
SOON = {"timeout": "400ms"}
"""For what nobody answers; whoever answers late on a busy machine has answered."""


def limit(outcome):
    return SOON if outcome == Outcome.TIMED_OUT else {}


def known(samples):
    """Without the slots for which this process came too late."""
    return [sample for sample in samples if sample.is_known]


def some_known(count):
    return lambda samples: len(known(samples)) >= count


def an_outcome(outcome):
    return lambda samples: any(sample.outcome == outcome for sample in samples)


def test_a_good_picture_says_which_site_which_segment_and_how_fresh(stage, make_run, ask):
    stage.sites["a"].is_frozen = True
    newest, _data = stage.sites["a"].segments["good"][-1]
    before_ns = now_ns()
    [sample] = ask(make_run(probes=[SITES]), "watch.a")

    assert (Outcome(sample.outcome), sample.site, sample.v2, sample.v3) == (Outcome.GOOD, 1, 5, 200)
    assert before_ns - 2 * NS_PER_S < sample.v1 < before_ns
    assert sample.v0 == newest


@pytest.mark.parametrize(
    ("how", "outcome", "site", "status"),
    [
        ("hang", Outcome.TIMED_OUT, 0, 0),
        ("reset", Outcome.RESET, 1, 200),
        ("cut", Outcome.RESET, 1, 200),
        ("status500", Outcome.BAD_STATUS, 1, 500),
        ("no_segment", Outcome.BAD_STATUS, 1, 200),
        ("garbage", Outcome.UNREADABLE, 1, 200),
        ("broken", Outcome.UNREADABLE, 1, 200),
        ("short", Outcome.UNREADABLE, 1, 200),
        ("wrong_room", Outcome.WRONG_ROOM, 1, 200),
    ],
)
def test_a_site_that_misbehaves_is_called_what_it_is(stage, make_run, ask, how, outcome, site, status):
    stage.set("a", how)

    [sample] = ask(make_run(probes=[{**SITES, **limit(outcome)}]), "watch.a")

    assert (Outcome(sample.outcome), sample.site, sample.v3) == (outcome, site, status)


def test_a_hung_site_costs_exactly_the_time_out(stage, make_run, ask):
    stage.set("a", "hang")

    [sample] = ask(make_run(probes=[{**SITES, **SOON}]), "watch.a")

    assert 400 * NS_PER_MS <= sample.ended_ns - sample.sent_ns < 800 * NS_PER_MS


def test_a_closed_port_is_refused_at_once(stage, make_run, ask):
    stage.refuse("a")

    [sample] = ask(make_run(probes=[SITES]), "watch.a")

    assert (Outcome(sample.outcome), sample.site) == (Outcome.REFUSED, 0)
    assert sample.ended_ns - sample.sent_ns < NS_PER_S


def test_a_slow_site_is_good_within_the_time_out(stage, make_run, ask):
    stage.set("a", "slow")

    [sample] = ask(make_run(probes=[SITES]), "watch.a")

    assert Outcome(sample.outcome) == Outcome.GOOD
    assert sample.ended_ns - sample.sent_ns >= 300 * NS_PER_MS


def test_a_frozen_playlist_is_stale_although_it_decodes(stage, make_run, ask):
    folder = make_run(probes=[SITES], max_age="1500ms")
    stage.sites["a"].is_frozen = True

    samples = ask(folder, "watch.a", until=an_outcome(Outcome.STALE))

    assert Outcome(samples[0].outcome) == Outcome.GOOD
    assert Outcome(samples[-1].outcome) == Outcome.STALE
    assert samples[-1].v0 == samples[0].v0


def test_without_a_mark_the_stream_counts_as_fresh_once_it_has_moved(stage, make_run, ask):
    stage.set("a", "no_mark")

    samples = ask(make_run(probes=[SITES]), "watch.a", until=an_outcome(Outcome.GOOD))

    assert Outcome(samples[0].outcome) == Outcome.STALE
    assert Outcome(samples[-1].outcome) == Outcome.GOOD
    assert samples[-1].v1 == 0


def test_a_stream_without_a_mark_that_stops_is_stale(stage, make_run, ask):
    stage.set("a", "no_mark")
    stage.sites["a"].is_frozen = True

    samples = ask(make_run(probes=[SITES]), "watch.a", until=some_known(6))

    assert {Outcome(sample.outcome) for sample in known(samples)} == {Outcome.STALE}


def test_an_operators_viewers_go_where_its_resolver_sends_them(stage, make_run, ask):
    stage.resolve_to("b", "unicom")
    folder = make_run(probes=[MEDIA])

    sites = [ask(folder, f"media.{operator}")[0].site for operator in ("telecom", "unicom")]

    assert sites == [1, 2]


@pytest.mark.parametrize(
    ("how", "outcome", "rcode"),
    [
        ("good", Outcome.GOOD, 0),
        ("truncated", Outcome.GOOD, 0),
        ("servfail", Outcome.NO_ANSWER, 2),
        ("empty", Outcome.NO_ANSWER, 0),
        ("silent", Outcome.TIMED_OUT, 0),
        ("garbage", Outcome.UNREADABLE, 0),
    ],
)
def test_a_resolver_that_misbehaves_is_called_what_it_is(stage, make_run, ask, how, outcome, rcode):
    stage.dns_how["telecom"] = how

    [sample] = ask(make_run(probes=[{**DNS, **limit(outcome)}]), "dns.telecom")

    assert (Outcome(sample.outcome), sample.v1) == (outcome, rcode)


def test_a_dns_answer_is_read_as_a_site_and_a_ttl(stage, make_run, ask):
    stage.resolve_to("b")

    [sample] = ask(make_run(probes=[DNS]), "dns.telecom")

    assert (sample.site, sample.v0) == (2, stage.ttl_s)


def test_a_resolver_that_is_gone_refuses_and_does_not_look_slow(make_run, ask):
    [sample] = ask(make_run(probes=[DNS]), "dns.telecom")

    assert Outcome(sample.outcome) == Outcome.REFUSED


@pytest.mark.parametrize(("how", "outcome"), [("good", Outcome.GOOD), ("status500", Outcome.BAD_STATUS)])
def test_health_is_good_by_its_status(stage, make_run, ask, how, outcome):
    stage.set("a", how)

    [sample] = ask(make_run(probes=[HEALTH]), "ready.a")

    assert (Outcome(sample.outcome), sample.v0) == (outcome, 503 if how == "status500" else 200)


@pytest.mark.parametrize(
    ("status", "outcome", "stored"),
    [
        (200, Outcome.GOOD, ["run-1-gifts.telecom-0"]),
        (409, Outcome.BAD_STATUS, []),
        (500, Outcome.UNCERTAIN, ["run-1-gifts.telecom-0"]),
        (302, Outcome.UNCERTAIN, []),
        (0, Outcome.TIMED_OUT, ["run-1-gifts.telecom-0"]),
    ],
)
def test_a_canary_record_is_written_once_and_its_fate_is_told_apart(stage, make_run, ask, status, outcome, stored):
    stage.sites["a"].ledger = status

    [sample] = ask(make_run(probes=[{**GIFTS, **limit(outcome)}]), "gifts.telecom")

    assert (Outcome(sample.outcome), sample.v0, stage.sites["a"].stored) == (outcome, 0, stored)


def test_a_canary_record_that_finds_no_connection_was_surely_not_written(stage, make_run, ask):
    stage.refuse("a")

    [sample] = ask(make_run(probes=[GIFTS]), "gifts.telecom")

    assert (Outcome(sample.outcome), stage.sites["a"].stored) == (Outcome.REFUSED, [])


def test_a_new_segment_is_fetched_once_for_all_slots_that_see_it(stage, make_run, ask):
    stage.sites["a"].is_frozen = True
    before = stage.sites["a"].asked

    samples = ask(make_run(probes=[SITES], max_age="60s"), "watch.a", until=some_known(5))

    assert {Outcome(sample.outcome) for sample in known(samples)} == {Outcome.GOOD}
    assert stage.sites["a"].asked - before == len(known(samples)) + 1


def test_slots_that_see_a_new_segment_at_the_same_time_share_its_download(stage, make_run, ask):
    stage.sites["a"].is_frozen = True
    stage.set("a", "slow")
    before = stage.sites["a"].asked

    samples = ask(make_run(probes=[SITES], max_age="60s"), "watch.a", until=some_known(3))
    first, second, *_rest = known(samples)

    assert {Outcome(sample.outcome) for sample in known(samples)} == {Outcome.GOOD}
    assert second.sent_ns < first.ended_ns, "they did not overlap"
    assert stage.sites["a"].asked - before == len(known(samples)) + 1


def test_a_download_that_hung_before_is_not_held_against_a_slot_that_asks_after_the_repair(stage, make_run, ask):
    stage.sites["a"].is_frozen = True
    stage.set("a", "hang_segment")
    repaired_ns = []

    def repair():
        wait_until(lambda: stage.sites["a"].waiting, within_s=10, every_s=0.005, what="a download that hangs")
        repaired_ns.append(stage.set("a", "good"))

    repairing = threading.Thread(target=repair)
    repairing.start()
    folder = make_run(probes=[{**SITES, "timeout": "800ms"}], max_age="60s")
    samples = ask(folder, "watch.a", until=an_outcome(Outcome.TIMED_OUT))
    repairing.join()
    later = [sample for sample in known(samples) if sample.sent_ns > repaired_ns[0]]

    assert Outcome(samples[0].outcome) == Outcome.TIMED_OUT
    assert len(later) >= 3
    assert {Outcome(sample.outcome) for sample in later} == {Outcome.GOOD}
