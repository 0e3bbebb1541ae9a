"""Gifts: acknowledged means kept, at both sites; refused means surely not stored."""

import concurrent.futures
import uuid

from switchdrill.clock import wait_until


def fresh():
    return f"g-{uuid.uuid4().hex[:12]}-"


def test_an_acknowledged_gift_is_at_both_sites(shared):
    prefix = fresh()
    answer = shared.gift("a", f"{prefix}1")

    assert answer.status == 200
    assert answer.json()["acknowledged"] is True
    assert shared.gifts("a", prefix) == shared.gifts("b", prefix) == {f"{prefix}1"}


def test_the_standby_refuses_a_gift_and_says_that_it_is_not_stored(shared):
    prefix = fresh()
    answer = shared.gift("b", f"{prefix}1")

    assert answer.status == 409
    assert answer.json()["stored"] is False
    assert shared.gifts("a", prefix) == shared.gifts("b", prefix) == set()


def test_the_same_gift_twice_is_one_gift(shared):
    prefix = fresh()
    statuses = [shared.gift("a", f"{prefix}1", 5).status for _ in range(2)]
    records = shared.http("GET", shared.viewers("a", 18081), f"/gifts?prefix={prefix}").json()["records"]

    assert statuses == [200, 200]
    assert records == [{"id": f"{prefix}1", "times": 1, "amount": 5}]


def test_the_same_id_with_another_amount_is_refused(shared):
    prefix = fresh()
    shared.gift("a", f"{prefix}1", 5)
    answer = shared.gift("a", f"{prefix}1", 6)

    assert answer.status == 409
    assert answer.json()["stored"] is False


def test_what_can_not_be_read_is_refused(shared):
    address = shared.viewers("a", 18081)
    statuses = [
        shared.http("POST", address, "/gifts", body).status
        for body in ({"id": "x"}, {"id": "", "amount": 1}, {"id": "x", "amount": -1}, ["x"], b"\xff{")
    ]

    assert statuses == [400] * 5


def test_acknowledged_gifts_survive_kill_9_of_the_api(shared):
    """Many at once, killed in the middle: whoever was told yes finds his gift after the restart."""
    prefix = fresh()

    def send(number):
        try:
            return number, shared.gift("a", f"{prefix}{number}", inside=True).status
        except OSError:
            return number, None

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(send, number) for number in range(300)]
        wait_until(lambda: sum(each.done() for each in sent) > 60, within_s=10, every_s=0.002, what="some are told")
        shared.kill("a.api")
        answers = dict(each.result() for each in sent)
    shared.start("a.api")
    shared.wait_until_whole()
    told_yes = {f"{prefix}{number}" for number, status in answers.items() if status == 200}

    assert len(told_yes) >= 60
    assert None in answers.values()
    assert told_yes <= shared.gifts("a", prefix)
    wait_until(
        lambda: shared.gifts("a", prefix) == shared.gifts("b", prefix), within_s=3, what="both have the same gifts"
    )


def test_gifts_go_on_when_pushes_do_not_get_through_but_pulls_do(shared):
    """One direction between the sites is cut: the other one confirms."""
    prefix = fresh()
    shared.carriers.link("a.api--b.api", "cut")
    try:
        statuses = [shared.gift("a", f"{prefix}{number}").status for number in range(3)]
    finally:
        shared.carriers.link("a.api--b.api", "open")

    assert statuses == [200] * 3
    assert shared.gifts("b", prefix) == {f"{prefix}{number}" for number in range(3)}


def test_a_gift_that_the_other_site_does_not_confirm_is_unknown_not_acknowledged(shared):
    prefix = fresh()
    for link in ("a.api--b.api", "b.api--a.api"):
        shared.carriers.link(link, "cut")
    try:
        answer = shared.gift("a", f"{prefix}1")
    finally:
        for link in ("a.api--b.api", "b.api--a.api"):
            shared.carriers.link(link, "open")

    assert answer.status == 503
    assert answer.json()["stored"] is None
    shared.wait_until_whole()


def test_a_push_with_a_stale_epoch_is_refused(shared):
    """To a site that knows better, whatever it plays; it answers with what it knows."""
    prefix = fresh()
    known = shared.gslb()["role"]
    record = {"seq": 1, "kind": "gift", "key": f"{prefix}1", "version": 0, "body": "{}", "epoch": known["epoch"] - 1}
    push = {"sender": "a", "role": {**known, "epoch": known["epoch"] - 1}, "records": [record]}
    answer = shared.http("POST", shared.inside("b", 18081), "/replica/records", push)

    assert answer.status == 409
    assert answer.json() == {"taken": False, "role": known, "known": []}
    assert shared.gifts("b", prefix) == set()


def test_a_role_of_an_older_epoch_is_not_taken(shared):
    known = shared.gslb()["role"]
    older = {"epoch": known["epoch"] - 1, "active": "b"}
    answer = shared.http("POST", shared.inside("b", 18081), "/role", older)

    assert answer.status == 409
    assert answer.json()["role"] == known
    assert shared.gift("b", fresh()).status == 409


def test_asynchronous_replication_loses_acknowledged_gifts(loose):
    """The option for drills that should fail; when the site returns, what it alone had is set aside, not revived."""
    loose.wait_until_whole()
    prefix = fresh()
    for link in ("a.api--b.api", "b.api--a.api"):
        loose.carriers.link(link, "cut")
    statuses = [loose.gift("a", f"{prefix}{number}").status for number in range(5)]
    loose.carriers.site("a", "cut")
    wait_until(lambda: loose.resolved("telecom") == "b", within_s=8, what="viewers are sent to b")
    # Before its promotion b asks for what a still has: only when that is over may the way be open again.
    wait_until(lambda: loose.health("b")["plays"] == "active", within_s=8, what="b is active")
    for link in ("a.api--b.api", "b.api--a.api"):
        loose.carriers.link(link, "open")
    loose.carriers.site("a", "open")

    assert statuses == [200] * 5
    assert loose.gifts("b", prefix) == set()
    wait_until(lambda: loose.gifts("a", prefix) == set(), within_s=8, what="a gave up what b never had")
    assert "set aside 5 record(s)" in (loose.state / "a.api.log").read_text(encoding="utf-8")


def test_a_platform_told_to_fails_back_by_itself(loose):
    """After the test above: a is back and in step, and nobody commanded anything."""
    wait_until(lambda: loose.gslb()["role"]["active"] == "a", within_s=10, what="a is active again")

    assert loose.resolved("unicom") in ("a", "b")
