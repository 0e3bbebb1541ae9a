"""The whole story: site a goes silent, b takes over, a returns and is told, and on command it takes over again.

It is played once; each test is one promise about what was seen.
"""

import threading
import uuid
from dataclasses import dataclass, field

import pytest

from switchdrill.clock import now_ns, pause, wait_until


@dataclass
class Story:
    """What was seen."""

    prefix: str
    answers: list[tuple[str, str, int, int | None]] = field(default_factory=list)
    """(id, site, sent at, status)."""
    resolved: list[tuple[int, str, str | None, int]] = field(default_factory=list)
    """(seen at, operator, site, TTL)."""
    cut_ns: int = 0
    down_ns: int = 0
    steered_ns: int = 0
    opened_ns: int = 0
    in_step_ns: int = 0
    fenced: str = ""
    write_at_fenced: int = 0
    answering_before_command: str = ""
    health_of_b_while_alone: dict = field(default_factory=dict)
    failback: str = ""


def sending(platform, story, site, stop):
    """A gift every 50 ms to one site, whoever is active."""
    number = 0
    while not stop.is_set():
        number += 1
        key = f"{story.prefix}{site}-{number}"
        sent_ns = now_ns()
        try:
            status = platform.gift(site, key, timeout_s=1.0).status
        except OSError:
            status = None
        story.answers.append((key, site, sent_ns, status))
        stop.wait(0.05)


def resolving(platform, story, stop):
    """Both operators, every 50 ms."""
    while not stop.is_set():
        for name, operator in platform.platform.operators.items():
            addresses, ttl_s = platform.ask(operator.resolver)
            story.resolved.append((now_ns(), name, platform.platform.site_at(addresses[0]), ttl_s))
        stop.wait(0.05)


@pytest.fixture(scope="module")
def story(shared):
    shared.wait_until_whole()
    story = Story(prefix=f"s-{uuid.uuid4().hex[:8]}-")
    stop = threading.Event()
    senders = [threading.Thread(target=sending, args=(shared, story, site, stop), daemon=True) for site in "ab"]
    senders.append(threading.Thread(target=resolving, args=(shared, story, stop), daemon=True))
    for sender in senders:
        sender.start()
    try:
        pause(1.0)
        story.cut_ns = shared.carriers.site("a", "stalled")
        wait_until(lambda: shared.gslb()["answering"] == "b", within_s=10, what="viewers are sent to b")
        story.down_ns = shared.events("site_down")[-1]["t_ns"]
        story.steered_ns = shared.events("steered")[-1]["t_ns"]
        pause(1.0)
        story.health_of_b_while_alone = shared.health("b")
        fenced = shared.ctl("fence", "a")
        story.fenced = fenced.stdout if fenced.returncode == 0 else f"FAILED {fenced.stderr}"
        story.write_at_fenced = shared.gift("a", f"{story.prefix}fenced", inside=True).status
        story.opened_ns = shared.carriers.site("a", "open")
        wait_until(
            lambda: shared.health("a")["ok"] and shared.health("b")["ok"] and not shared.gslb()["role"]["down"],
            within_s=15,
            what="a is in step again",
            saw=lambda: str(shared.health("a")),
        )
        story.in_step_ns = now_ns()
        pause(2.5)
        story.answering_before_command = shared.gslb()["answering"]
        failback = shared.ctl("failback", "a")
        story.failback = failback.stdout if failback.returncode == 0 else f"FAILED {failback.stderr}"
        pause(1.0)
    finally:
        stop.set()
        shared.carriers.site("a", "open")
        for sender in senders:
            sender.join(3)
    shared.wait_until_whole()
    return story


def acknowledged(story, site, *, after_ns=0, before_ns=2**63):
    return [
        key
        for key, at, sent_ns, status in story.answers
        if at == site and status == 200 and after_ns <= sent_ns < before_ns
    ]


def test_the_site_is_declared_down_when_its_rule_says(story):
    """2 s x 3, time-out 1 s: no sooner than two periods after the cut, no later than three and a time-out."""
    took_s = (story.down_ns - story.cut_ns) / 1e9

    assert 4.0 <= took_s <= 7.2
    assert 0 <= story.steered_ns - story.down_ns < 100_000_000


@pytest.mark.parametrize(("operator", "longest_s"), [("telecom", 2), ("unicom", 6)])
def test_an_operator_keeps_an_answer_as_long_as_its_manners_say(story, operator, longest_s):
    seen = [(at_ns, site, ttl_s) for at_ns, name, site, ttl_s in story.resolved if name == operator]
    followed_ns = min(at_ns for at_ns, site, _ in seen if site == "b")
    promised_ns = max(at_ns + ttl_s * 10**9 for at_ns, site, ttl_s in seen if site == "a" and at_ns < followed_ns)

    assert max(ttl_s for _, _, ttl_s in seen) == longest_s
    assert promised_ns <= followed_ns + 100_000_000
    assert (followed_ns - story.steered_ns) / 1e9 <= longest_s + 0.3


def test_the_new_site_acknowledges_alone(story):
    alone = acknowledged(story, "b", after_ns=story.steered_ns, before_ns=story.opened_ns)

    assert len(alone) >= 10
    assert story.health_of_b_while_alone["ok"] is True
    assert "alone" in story.health_of_b_while_alone["parts"]["replication"]["says"]


def test_the_lost_site_acknowledges_nothing(story):
    assert acknowledged(story, "a", after_ns=story.cut_ns, before_ns=story.in_step_ns) == []


def test_the_lost_site_can_be_fenced_while_its_links_are_dead(story):
    assert "refused a write" in story.fenced
    assert story.write_at_fenced == 409


def test_the_returned_site_is_soon_in_step(story):
    assert (story.in_step_ns - story.opened_ns) / 1e9 < 8


def test_nothing_fails_back_by_itself(story):
    assert story.answering_before_command == "b"


def test_the_failback_is_made_on_command(story, shared):
    assert "a is active" in story.failback
    assert shared.gslb()["answering"] == "a"
    assert len(acknowledged(story, "a", after_ns=story.in_step_ns)) >= 5


def test_no_acknowledged_gift_is_lost_and_both_sites_have_the_same(story, shared):
    told_yes = {key for key, _site, _sent_ns, status in story.answers if status == 200}
    wait_until(
        lambda: shared.gifts("a", story.prefix) == shared.gifts("b", story.prefix), within_s=3, what="the same gifts"
    )

    assert told_yes <= shared.gifts("a", story.prefix)
    assert len(told_yes) > 100


def test_no_refused_gift_is_stored(story, shared):
    refused = {key for key, _site, _sent_ns, status in story.answers if status == 409}

    assert refused & shared.gifts("a", story.prefix) == set()
    assert refused & shared.gifts("b", story.prefix) == set()


def test_never_are_two_sites_active_at_one_epoch(story, shared):
    """Epochs of the GSLB's own log: every one names one active site, and they only rise."""
    told = [(event["epoch"], event["site"]) for event in shared.events("steered")]
    epochs = [epoch for epoch, _site in told]

    assert epochs == sorted(set(epochs))


def test_a_gslb_that_was_killed_goes_on_where_it_was(story, shared):
    before = shared.gslb()["role"]
    shared.kill("gslb")
    shared.start("gslb")
    wait_until(lambda: is_answering(shared), within_s=5, what="the GSLB answers again")

    assert shared.gslb()["role"] == before
    assert shared.gslb()["answering"] == "a"
    shared.wait_until_whole()


def is_answering(platform):
    try:
        return platform.gslb()["answering"]
    except OSError:
        return ""


def test_an_active_site_needs_no_fence(story, shared):
    fence = shared.ctl("fence", "a")

    assert fence.returncode == 0
    assert "nothing to fence" in fence.stdout


def test_a_site_whose_api_is_gone_can_not_be_proven_fenced(story, shared):
    shared.kill("b.api")
    try:
        fence = shared.ctl("fence", "b")
    finally:
        shared.start("b.api")
    shared.wait_until_whole()

    assert fence.returncode == 1
    assert "Connection refused" in fence.stderr


def test_a_steer_to_a_site_that_is_not_in_step_is_refused(story, shared):
    for link in ("a.api--b.api", "b.api--a.api"):
        shared.carriers.link(link, "cut")
    try:
        wait_until(lambda: not shared.health("b")["ok"], within_s=5, what="b notices")
        steer = shared.ctl("steer", "b")
    finally:
        for link in ("a.api--b.api", "b.api--a.api"):
            shared.carriers.link(link, "open")
    shared.wait_until_whole()

    assert steer.returncode == 1
    assert "not in step" in steer.stderr
    assert shared.gslb()["answering"] == "a"


def test_a_standby_that_is_not_in_step_is_never_promoted(loose):
    """The sites lose each other, a goes on alone, then a is lost: b's old copy must not become the truth."""
    loose.wait_until_whole()
    between = ("a.api--b.api", "b.api--a.api")
    before = len(loose.events("goes_on_alone"))
    try:
        for link in between:
            loose.carriers.link(link, "cut")
        wait_until(lambda: len(loose.events("goes_on_alone")) > before, within_s=8, what="a goes on alone")
        alone = loose.gift("a", f"alone-{uuid.uuid4().hex}").status
        cut_ns = loose.carriers.site("a", "cut")
        wait_until(
            lambda: [event for event in loose.events("site_down") if event["site"] == "a" and event["t_ns"] > cut_ns],
            within_s=5,
            what="a is declared down",
        )
        pause(1.0)
        answering = loose.gslb()["answering"]
        write_at_b = loose.gift("b", f"stale-{uuid.uuid4().hex}").status
    finally:
        for link in between:
            loose.carriers.link(link, "open")
        loose.carriers.site("a", "open")

    assert alone == 200
    assert answering == "a"
    assert write_at_b == 409
