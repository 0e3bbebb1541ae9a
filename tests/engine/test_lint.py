from pathlib import Path

import pytest

from switchdrill import yamlfile
from switchdrill.clock import NS_PER_S
from switchdrill.errors import BadInput, Refused
from switchdrill.platform.find import read_unplaced
from switchdrill.platform.model import Platform
from switchdrill.runbook.lint import arithmetic, lint, refuse
from switchdrill.runbook.model import Runbook, Trigger
from switchdrill.runbook.physics import detection

BOOKS = Path(__file__).parents[2] / "drills" / "runbooks"
FAST = (BOOKS / "two-site-fast.yaml").read_text(encoding="utf-8")


def codes(text: str, platform: str | None = None) -> list[str]:
    book = yamlfile.parse(text, Runbook, where="book")
    return [each.code for each in lint(book, read_unplaced(platform) if platform else None)]


@pytest.mark.parametrize("name", ["two-site-fast.yaml", "two-site.yaml"])
def test_the_runbooks_that_we_ship_promise_what_can_be_kept(name):

    assert [] == lint(yamlfile.read(BOOKS / name, Runbook))


@pytest.mark.parametrize(
    ("name", "platform"), [("two-site-fast.yaml", "embedded"), ("two-site.yaml", "embedded-articles")]
)
def test_each_runbook_fits_the_platform_that_it_is_for(name, platform):

    assert [] == lint(yamlfile.read(BOOKS / name, Runbook), read_unplaced(platform))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "detect: {from: fault_onset, to: detected, target: 8s",
            "detect: {from: fault_onset, to: detected, target: 6s",
            "L10",
        ),
        ("every: 2s, consecutive_failures: 3", "every: 10s, consecutive_failures: 3", "L11"),
        # 7s to detect, 8s to steer, and then 6s until the last resolver asks again.
        ("expected: 1s, limit: 2s, verify: every operator", "expected: 8s, limit: 9s, verify: every operator", "L11"),
        ("recovery: {target: 20s, limit: 30s}", "recovery: {target: 19s, limit: 30s}", "L12"),
        ("recovery: {target: 20s, limit: 30s}", "recovery: {target: 20s, limit: 29s}", "L12"),
        ("probe_every: 100ms", "probe_every: 1001ms", "L13"),
        ("failback: {target: 15s", "failback: {target: 5s", "L15"),
    ],
)
def test_a_promise_that_physics_forbids_is_found(old, new, expected):
    assert old in FAST

    assert expected in codes(FAST.replace(old, new))


def test_a_runbook_that_contradicts_the_platforms_detector_is_found():

    assert ["L14"] == codes(FAST.replace("timeout: 1s, pacing", "timeout: 900ms, pacing"), "embedded")
    assert "L14" in codes(FAST.replace("steering: {ttl: 2s", "steering: {ttl: 1s"), "embedded")


def test_what_may_be_lost_is_counted_by_a_ledger_that_a_probe_writes():

    assert ["L16"] == codes(FAST.replace("ledger: gifts", "ledger: gift"), "embedded")


def test_a_refusal_names_the_line_of_the_promise(tmp_path):
    book = tmp_path / "book.yaml"
    book.write_text(FAST.replace("failback: {target: 15s", "failback: {target: 5s"), encoding="utf-8")
    line = 1 + FAST[: FAST.index("failback: {target")].count("\n")

    with pytest.raises(Refused) as refused:
        refuse(lint(yamlfile.read(book, Runbook)), book)

    assert f"{book}:{line}" == refused.value.where
    assert f"L15 {book}:{line} objectives.failback.target" in (refused.value.because or "")


def test_an_operator_can_not_keep_answers_for_less_than_their_ttl():
    with pytest.raises(BadInput, match="can't be right") as caught:
        codes(FAST.replace("longest_ttl: 6s", "longest_ttl: 1s"))

    assert "the longest TTL is shorter than the TTL" in str(caught.value)


def test_the_arithmetic_is_said_in_one_sentence():

    assert ["switch: 3 x 2s + 1s (fixed): detection takes 4s to 7s"] == arithmetic(
        yamlfile.parse(FAST, Runbook, where="book")
    )


@pytest.mark.parametrize(("pacing", "best_s", "worst_s"), [("fixed", 20, 33), ("sequential", 20, 39)])
def test_the_articles_rule_takes_what_dr_people_say_it_takes(pacing, best_s, worst_s):
    rule = Trigger.model_validate(
        {
            "id": "x", "source": "gslb", "every": "10s", "consecutive_failures": 3, "timeout": "3s",
            "pacing": pacing, "action": "switch", "mode": "automatic",
        }
    )  # fmt: skip

    assert (best_s * NS_PER_S, worst_s * NS_PER_S) == (detection(rule).lo, detection(rule).hi)


@pytest.mark.parametrize("after", ["[s01]", "[s02]"])
def test_steps_that_wait_for_each_other_are_refused(after):
    circle = FAST.replace("{id: s01,", f"{{id: s01, after: {after},").replace("{id: s02,", "{id: s02, after: [s01],")
    assert circle != FAST

    with pytest.raises(BadInput, match="wait for each other"):
        yamlfile.parse(circle, Runbook, where="book")


def one_entry(text):
    """The embedded platform as it would be behind one entry: nobody resolves, and there is no DNS to ask."""
    platform = read_unplaced("embedded")
    operators = {name: {"address": "127.0.0.9", "share": each.share} for name, each in platform.operators.items()}
    probes = [each.model_dump(mode="json") for each in platform.probes if each.kind != "dns"]
    told = {"served_by": "header", "served_header": "X-Served-By", "names": [], "operators": operators}
    data = platform.model_dump(mode="json", by_alias=True, exclude_none=True) | told | {"probes": probes}
    return lint(yamlfile.parse(text, Runbook, where="book"), Platform.model_validate(data))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("steering: {ttl: 2s, longest_ttl: 6s}", "steering: {ttl: 0s, longest_ttl: 0s}"),
        ("steering: {ttl: 2s, longest_ttl: 6s}", "steering: {ttl: 1h, longest_ttl: 1h}"),
        ("failback: {target: 15s", "failback: {target: 5s"),
    ],
)
def test_where_nobody_resolves_no_ttl_counts(old, new):
    assert old in FAST

    assert [] == one_entry(FAST.replace(old, new))


def test_where_nobody_resolves_detection_and_steps_still_count():
    [complaint] = one_entry(FAST.replace("every: 2s, consecutive_failures: 3", "every: 10s, consecutive_failures: 3"))[
        1:2
    ]

    assert "L11" == complaint.code
    assert "TTL" not in complaint.said
