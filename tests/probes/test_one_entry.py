"""A platform behind one entry whose name and address never change: a header, or the picture, tells who serves."""

import pytest

from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.record.samples import Outcome
from switchdrill.yamlfile import parse
from tests.probes.front import behind_one_entry, front_of

MEDIA = {"name": "media", "kind": "hls", "through": "operators", "entry": "live", "every": "100ms", "timeout": "5s"}
HEALTH = {**MEDIA, "name": "ready", "kind": "http", "path": "/health"}
GIFTS = {**MEDIA, "name": "gifts", "kind": "ledger", "ledger": "gifts"}
WATCH = {**MEDIA, "name": "watch", "through": "sites", "port": 18080}


@pytest.fixture
def front(stage):
    with front_of(stage) as front:
        yield front


def seen(samples):
    return [(Outcome(sample.outcome), sample.site) for sample in samples]


@pytest.mark.parametrize("probe", [MEDIA, HEALTH, GIFTS], ids=lambda probe: probe["kind"])
def test_the_header_of_each_answer_says_who_serves(front, make_run, ask, probe):
    folder = make_run(probes=[probe], **behind_one_entry(front))
    name = f"{probe['name']}.telecom"

    first = ask(folder, name)
    front.says["a"] = ["web2"]
    second = ask(folder, name)
    front.to = "b"
    third = ask(folder, name)

    assert [(Outcome.GOOD, 1), (Outcome.GOOD, 1), (Outcome.GOOD, 2)] == seen([*first, *second, *third])


@pytest.mark.parametrize("probe", [MEDIA, HEALTH, GIFTS], ids=lambda probe: probe["kind"])
@pytest.mark.parametrize("says", [[], ["web9"], ["web1", "web3"]], ids=["no header", "another value", "two sites"])
def test_where_the_header_tells_nothing_no_site_is_named(front, make_run, ask, probe, says):
    front.says["a"] = says

    samples = ask(make_run(probes=[probe], **behind_one_entry(front)), f"{probe['name']}.unicom")

    assert [(Outcome.GOOD, 0)] == seen(samples)


def test_a_bad_answer_names_its_site_and_the_entrys_own_one_none(front, stage, make_run, ask):
    folder = make_run(probes=[HEALTH], **behind_one_entry(front))
    stage.set("a", "status500")
    of_the_site = ask(folder, "ready.telecom")
    stage.refuse("a")
    of_the_entry = ask(folder, "ready.telecom")

    assert [(Outcome.BAD_STATUS, 1), (Outcome.BAD_STATUS, 0)] == seen([*of_the_site, *of_the_entry])


def test_segments_of_the_same_name_at_two_sites_are_not_taken_for_each_other(front, stage, make_run, ask):
    for site in stage.sites.values():
        site.is_frozen = True
    stage.set("b", "wrong_room")

    def turns(samples):
        front.to = "b" if samples else "a"
        return {Outcome.GOOD, Outcome.WRONG_ROOM} <= {Outcome(sample.outcome) for sample in samples}

    samples = ask(make_run(probes=[MEDIA], max_age="60s", **behind_one_entry(front)), "media.telecom", until=turns)

    assert {(Outcome.GOOD, 1), (Outcome.WRONG_ROOM, 2)} == {each for each in seen(samples) if each[0]}


def test_a_site_that_is_asked_directly_is_known_and_may_listen_elsewhere(stage, front, make_run, ask):
    folder = make_run(probes=[WATCH, {**HEALTH, **WATCH, "name": "well", "kind": "http"}], **behind_one_entry(front))

    assert [(Outcome.GOOD, 2), (Outcome.GOOD, 1)] == seen([*ask(folder, "watch.b"), *ask(folder, "well.a")])


def test_the_pictures_mark_says_who_serves_behind_one_entry(front, stage, make_run, ask):
    by_picture = behind_one_entry(front, served_by="picture", served_header=None)
    by_picture["sites"] = {name: {**site, "serves_as": []} for name, site in by_picture["sites"].items()}
    folder = make_run(probes=[MEDIA, GIFTS], max_age="60s", **by_picture)
    for site in stage.sites:
        stage.sites[site].is_frozen = True
        stage.set(site, "own_mark")

    def turns(samples):
        front.to = "b" if samples else "a"
        return {1, 2} <= {sample.site for sample in samples}

    samples = ask(folder, "media.telecom", until=turns)
    gifts = ask(folder, "gifts.telecom")

    assert {(Outcome.GOOD, 1), (Outcome.GOOD, 2)} == {each for each in seen(samples) if each[0]}
    assert [(Outcome.GOOD, 0)] == seen(gifts), "a gift shows no picture: nothing tells who took it"


PLATFORM = """\
schema: switchdrill.platform/v1
id: one-entry
production: false
inject: false
served_by: header
served_header: X-Served-By
sites:
  a: {role: primary, address: 10.0.0.1, serves_as: [web1, web2]}
  b: {role: standby, address: 10.0.0.2}
entries:
  live: {name: live.example, port: 443, path: /live.m3u8}
operators:
  telecom: {address: 10.0.0.9, share: 1.0}
probes:
  - {name: media, kind: hls, through: operators, entry: live, every: 1s, timeout: 1s}
  - {name: watch, kind: hls, through: sites, entry: live, port: 8080, every: 1s, timeout: 1s}
"""


def test_each_value_of_the_header_is_a_site_and_without_any_it_is_the_sites_name():
    platform = parse(PLATFORM, Platform, where="file.yaml")

    assert {"web1": "a", "web2": "a", "b": "b"} == platform.served_values()


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("served_header: X-Served-By\n", "", 5, "`served_header` is missing"),
        ("served_header: X-Served-By", "served_header: X Served By", 6, "the name of an HTTP header is expected"),
        ("served_by: header", "served_by: picture", 6, "nobody reads a header unless"),
        ("role: standby, address: 10.0.0.2", "role: standby, address: 10.0.0.2, serves_as: [web1]", 9,
         "'web1' is site a already"),
        ("[web1, web2]", "[b]", 9, "'b' is site a already"),
        ("served_by: header\nserved_header: X-Served-By\n", "\n\n", 8, "nobody reads a header unless"),
        ("address: 10.0.0.9, share", "address: 10.0.0.9, resolver: '10.0.0.9:53', share", 13, "either a resolver"),
        ("address: 10.0.0.9, share", "share", 13, "either a resolver"),
        ("kind: hls, through: operators", "kind: dns, through: operators", 15, "operator telecom has an address"),
        ("through: operators, entry: live,", "through: operators, entry: live, port: 80,", 15, "goes through sites"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_named_by_line(old, new, line, said):
    assert old in PLATFORM

    with pytest.raises(BadInput) as refused:
        parse(PLATFORM.replace(old, new, 1), Platform, where="file.yaml")

    assert said in (refused.value.because or "")
    assert f"file.yaml:{line}" == refused.value.where


def test_an_address_that_is_no_sites_needs_something_that_tells_who_serves():
    text = PLATFORM.replace("served_by: header\nserved_header: X-Served-By\n", "").replace(
        ", serves_as: [web1, web2]", ""
    )

    with pytest.raises(BadInput, match="no site is at this address"):
        parse(text, Platform, where="file.yaml")
    assert parse(text.replace("10.0.0.9", "10.0.0.1"), Platform, where="file.yaml").site_at("10.0.0.1") == "a"
