"""Viewers who connect straight to one entry, behind which others decide who serves them."""

import pytest

from switchdrill.clock import now_ns, wait_until
from switchdrill.record.viewers import Outage, read_viewers
from tests.probes.front import behind_one_entry, front_of

VIEWERS = 10


@pytest.fixture
def front(stage):
    with front_of(stage) as front:
        yield front


def wait_for(audience, by_site):
    return wait_until(
        lambda: (latest := audience.latest()) is not None and latest.by_site == by_site and latest,
        within_s=30,
        what=f"viewers by site: {by_site}",
        saw=lambda: str(audience.latest()),
    )


def test_viewers_of_an_address_say_by_the_header_who_serves_them(front, stage, make_run, audience):
    folder = make_run(viewers=VIEWERS, **behind_one_entry(front))
    audience.start(folder, "peak")
    wait_for(audience, {"a": VIEWERS})
    front.to = "b"
    wait_for(audience, {"b": VIEWERS})
    front.says["b"] = ["web9"]
    wait_for(audience, {front.address: VIEWERS})
    asked = dict(stage.dns_asked)
    audience.stop()

    assert set(asked.values()) == {0}, "nobody resolves"
    assert "resolve" not in (folder.load / "locust_stats.csv").read_text()
    assert [] == [line for line in read_viewers(folder.viewers) if isinstance(line, Outage)]


def test_viewers_come_back_to_the_same_address_and_the_outage_names_both_sites(front, stage, make_run, audience):
    folder = make_run(viewers=VIEWERS, **behind_one_entry(front))
    audience.start(folder, "peak")
    wait_for(audience, {"a": VIEWERS})
    stage.refuse("a")
    dark_ns = now_ns()
    wait_for(audience, {})
    front.to = "b"
    wait_for(audience, {"b": VIEWERS})
    audience.stop()

    found = [line for line in read_viewers(folder.viewers) if isinstance(line, Outage)]

    assert sorted(each.viewer for each in found) == list(range(VIEWERS))
    assert {(each.site_before, each.site_after) for each in found} == {("a", "b")}
    assert all(each.next_good_ns > dark_ns for each in found)


def test_viewers_do_not_look_at_pictures_so_they_name_no_site_where_only_those_tell(front, stage, make_run, audience):
    by_picture = behind_one_entry(front, served_by="picture", served_header=None)
    by_picture["sites"] = {name: {**site, "serves_as": []} for name, site in by_picture["sites"].items()}
    audience.start(make_run(viewers=VIEWERS, **by_picture), "peak")

    wait_for(audience, {front.address: VIEWERS})
