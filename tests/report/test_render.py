"""The page itself: one file, no script, nothing fetched, and whatever stands in a record stays text."""

import hashlib
import re
from base64 import b64encode

import pytest

from switchdrill_reports.result import Result, Window
from switchdrill_reports.shown.render import render

from . import facts, results
from .page import read
from .passed import passed

HOSTILE = "</title></style><script>alert(1)</script>{{ 1234 * 5678 }}\" onload='x' \\ %(x)s {x} \x1b[31m"


def test_the_same_result_gives_the_same_bytes(result: Result, language: str) -> None:
    assert render(result, language) == render(Result.model_validate(result.model_dump(by_alias=True)), language)


def test_every_element_is_closed_and_every_id_unique(result: Result, language: str) -> None:
    page = read(render(result, language))
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]

    assert sorted(set(ids)) == sorted(ids)
    assert {"en": "en", "zh": "zh-Hans"}[language] == page.all("html")[0].attributes["lang"]


def test_nothing_runs_and_nothing_is_fetched(result: Result, language: str) -> None:
    page = read(render(result, language))

    assert [] == [each for each in page.elements if each.tag in ("script", "link", "img", "iframe", "object", "base")]
    for element in page.elements:
        assert [] == [name for name in element.attributes if name == "style" or name.startswith("on")]
        for name in ("src", "href", "xlink:href", "action", "data", "srcset"):
            where = element.attributes.get(name) or ""
            assert re.fullmatch(r"(report\.(en|zh)\.html)?", where), where
    assert "url(" not in "".join(page.styles)
    assert "@import" not in "".join(page.styles)


def test_the_content_policy_names_the_style_block_by_its_hash(result: Result, language: str) -> None:
    html = render(result, language)
    style = html[html.index("<style>") + 7 : html.index("</style>")]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(each for each in read(html).all("meta") if "http-equiv" in each.attributes)

    assert html.count("<style") == 1
    assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:" == policy.attributes["content"]


def test_both_languages_have_the_same_structure(result: Result) -> None:
    """Charts aside, whose labels break their lines where the words do."""
    outlines = []
    for language in ("en", "zh"):
        html = re.sub(r"<svg xmlns.*?</svg>", "<svg></svg>", render(result, language), flags=re.DOTALL)
        page = read(html)
        outlines.append([(each.tag, each.attributes.get("class")) for each in page.elements])

    assert outlines[0] == outlines[1]


def test_the_first_screen_says_verdict_measured_promised_kind_when_who_touched_and_healed() -> None:
    page = read(render(results.failed(), "en"))
    first = page.text[: page.text.index("The drill on one time axis")]

    for words in (
        "Failed FAIL", "The picture was back for every network operator 23.1–23.4 s after the fault.", "Simulation",
        "The last of 300 viewers had it back after 26.1–26.2 s.",
        "Promised for the network operators: 20 s; limit: 30 s.",
        "That is later than promised.", "Promised: what the runbook promises", "Limit: the longest that the drill",
        "viewers move to the standby when the primary site is lost [stall]",
        "2026-11-21 03:12:05 UTC", "liwei", "on drill-host", "297 of 300", "yes, and proven", "embedded",
        "two-site-fast 1.0", "Gifts (礼物): of 548 acknowledged records 7 are missing; allowed: 0.",
    ):  # fmt: skip
        assert words in first


def test_what_was_not_measured_never_looks_like_zero() -> None:
    page = read(render(results.incomplete(), "en"))
    row = page.text[page.text.index("Gifts (礼物) 548 3 41") :]

    assert row.startswith(f"Gifts (礼物) 548 3 41 {'not measured ' * 4}never read")
    assert "Recovery, measured > 31.2 s (not over by then)" in page.text


def test_the_worst_finding_comes_first() -> None:
    html = render(results.failed(), "en")
    promises = html[html.index("What was promised, and what came of it") :]
    order = [
        "Recovery, from",
        "Gifts (礼物): acknowledged and lost",
        "Phase: Detect",
        "Failback, from",
        "Everything is",
    ]

    assert sorted(promises.index(name) for name in order) == [promises.index(name) for name in order]


def test_something_still_broken_is_shouted_with_the_command_that_mends_it() -> None:
    page = read(render(results.invalid(), "en"))

    assert "Something is still broken. Mend it with: switchdrill heal 20261121-031205-site-loss" in page.text
    assert [] != [each for each in page.elements if each.attributes.get("role") == "alert"]
    assert "plan.json is another one now:" in page.text


def test_a_heal_that_the_judge_did_not_prove_is_not_called_proven() -> None:
    run = passed()
    unproven = [
        each.model_copy(update={"state": "NOT_MEASURED"}) if each.id == "healed" else each for each in run.findings
    ]
    page = read(render(run.model_copy(update={"findings": unproven}), "en"))

    assert "Everything healed? every undo was played, but it is not proven" in page.text


def test_printed_shares_of_the_phases_sum_to_the_printed_whole() -> None:
    run = passed()
    phases = [
        phase.model_copy(update={"reference_ns": ns})
        for phase, ns in zip(run.phases, (2_449_999_999, 2_449_999_999, 2_449_999_999), strict=True)
    ]
    page = read(render(run.model_copy(update={"phases": phases}), "en"))
    table = page.text[page.text.index("Share of the recovery Measured") :]
    shares = [float(each) for each in re.findall(r"→ \S.*? (\d+\.\d) s", table)[:4]]

    assert shares == [2.4, 2.5, 2.4, 7.3]


def test_every_page_in_print_carries_the_kind_and_the_run_id(language: str) -> None:
    style = read(render(passed(), language)).styles[0]
    escaped = re.search(r'@bottom-left \{ content: "([^"]*)"', style)

    assert escaped is not None
    assert "20261121-031205-site-loss" == re.sub(r"\\([0-9a-f]+) ", lambda code: chr(int(code[1], 16)), escaped[1])


def _poisoned(value: object, key: str = "") -> object:
    """The same data with every free text replaced."""
    fixed = {"schema", "verdict", "state", "anchor_wall", "stratum", "pattern", "code"}
    if isinstance(value, dict):
        return {
            HOSTILE if key in ("parameters", "machine", "detail") else name: _poisoned(each, name)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_poisoned(each, key) for each in value]
    return HOSTILE if isinstance(value, str) and key not in fixed else value


def _rules(style: str) -> str:
    """The style without what its strings hold; a string that is broken open would leave its rest behind."""
    return re.sub(r'"[A-Za-z0-9\\ ]*"', '""', style)


@pytest.mark.parametrize("codes", ["known", "hostile"])
def test_hostile_text_in_every_field_stays_text(result: Result, language: str, codes: str) -> None:
    data = _poisoned(result.model_dump(by_alias=True, mode="json"))
    if codes == "hostile":
        assert isinstance(data, dict)
        data["headline"] = {"code": HOSTILE, "facts": {HOSTILE: HOSTILE}}
    html = render(Result.model_validate(data), language)
    page = read(html)

    assert "<script" not in html
    assert [] == page.all("script")
    assert 1 == len(page.all("style"))
    assert "alert(1)" in page.text
    assert "7006652" not in html
    assert _rules(read(render(result, language)).styles[0]) == _rules(page.styles[0])


def test_a_site_name_or_a_path_that_looks_like_markup_is_shown_as_it_is() -> None:
    run = passed()
    stratum = run.strata[0].model_copy(update={"served_by": [(run.began_ns, "<b>&amp;")]})
    page = read(render(run.model_copy(update={"strata": [stratum]}), "en"))

    assert "site <b>&amp;" in page.text


def test_a_long_run_keeps_a_small_page() -> None:
    """Six hours, a line a second."""
    run = passed()
    assert run.viewers is not None
    second = run.viewers.series[20]
    series = [second.model_copy(update={"t_ns": run.began_ns + number * facts.S}) for number in range(6 * 3600)]
    series[10_000] = series[10_000].model_copy(update={"good": 3})
    long = run.model_copy(
        update={
            "viewers": run.viewers.model_copy(update={"series": series}),
            "ended_ns": run.began_ns + 6 * 3600 * facts.S,
        }
    )
    html = render(long, "en")

    assert len(html) < 250_000
    assert "lowest: 3 of 300" in read(html).text


def test_a_flapping_run_keeps_a_small_page() -> None:
    run = passed()
    changes = [(facts.moment(number / 100), "ab"[number % 2]) for number in range(5_000)]
    windows = [Window(began=facts.at(number / 20), ended=facts.at(number / 20 + 0.02)) for number in range(1_000)]
    outages = [facts.lasting(0.01, 0.03)] * 1_000
    strata = [
        each.model_copy(update={"served_by": changes, "outage_windows": windows, "outages": outages})
        for each in run.strata
    ]
    html = render(run.model_copy(update={"strata": strata}), "en")

    assert len(html) < 500_000
    assert "and 4,988 more, all in run.json" in read(html).text
    assert "and 988 more, all in run.json" in read(html).text


def test_many_reasons_do_not_push_the_facts_off_the_first_screen() -> None:
    run = results.failed()
    many = [facts.said("reason.noted", text=f"number {number}") for number in range(30)]
    html = render(run.model_copy(update={"reasons": many}), "en")

    assert "26 more reasons" in read(html).text
    assert "number 29" in read(html).text
    assert html.index("number 3<") < html.index("<details>") < html.index("number 4<")
