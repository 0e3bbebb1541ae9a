"""A fault that is ridden out: judged is what the runbook says that viewers notice of it, and nothing else will do."""

import pytest

from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.shown.render import render
from tests.judge.found import finding
from tests.judge.story import Story
from tests.report.page import read

UNNOTICED = {"viewers": "unnoticed"}
DEGRADED = {"viewers": "degraded", "good": 0.9, "longest": "1s"}
SWITCHED = {"viewers": "switched"}
BLINK = (("telecom", 5.0, 5.4),)
OFTEN = tuple(("telecom", since_s, since_s + 0.4) for since_s in (2.0, 4.0, 6.0, 8.0))


@pytest.mark.parametrize(
    ("story", "code", "verdict"),
    [
        (Story(lost="b", rides=UNNOTICED), "unnoticed", "PASS"),
        (Story(lost="b", rides=UNNOTICED, bad=BLINK), "noticed", "FAIL"),
        (Story(lost="b", rides=UNNOTICED, bad=(("unicom", 14.5, 14.9),)), "noticed", "FAIL"),
        (Story(lost="b", rides=UNNOTICED, viewers_hit=2), "noticed", "FAIL"),
        (Story(lost="b", rides=DEGRADED), "degraded", "PASS"),
        (Story(lost="b", rides=DEGRADED, bad=BLINK, viewers_hit=2), "degraded", "PASS"),
        (Story(lost="b", rides=DEGRADED, bad=(("telecom", 5.0, 6.5),)), "too_bad", "FAIL"),
        (Story(lost="b", rides=DEGRADED, bad=OFTEN), "too_bad", "FAIL"),
        (Story(lost="b", rides=SWITCHED), "not_switched", "FAIL"),
        (Story(rides=SWITCHED), "switched", "PASS"),
        (Story(rides=UNNOTICED), "switched_unneeded", "FAIL"),
        (Story(rides=DEGRADED), "switched_unneeded", "FAIL"),
        (Story(lost="b", rides=UNNOTICED, held_s=4.0), "too_short", "INCOMPLETE"),
        (Story(lost="b", rides=UNNOTICED, blind=((6.0, 7.0),)), "gaps", "INVALID"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_only_what_was_promised_keeps_the_promise(synthetic_run, story: Story, code: str, verdict: str) -> None:
    result = judge_folder(synthetic_run(story))

    found = finding(result, "ride_out")
    if verdict == "INVALID":
        assert found.state in ("UNUSABLE", "INDETERMINATE")
    else:
        assert found.said.code == f"ride_out.{code}"
        assert result.verdict == verdict
    assert [each.id for each in result.findings if each.id in ("recovery", "failback", "hold", "untouched")] == []


def test_what_making_and_healing_it_cuts_is_no_effect_of_it(synthetic_run) -> None:
    """Half a second from its begin, and from its end; a second later the same would count."""
    cut = (("telecom", 0.0, 0.5),)

    assert judge_folder(synthetic_run(Story(lost="b", rides=UNNOTICED, bad=cut))).verdict == "FAIL"
    assert judge_folder(synthetic_run(Story(lost="b", rides=UNNOTICED, bad=cut, own_outage_s=1.0))).verdict == "PASS"
    later = (("telecom", 2.5, 3.0),)
    assert judge_folder(synthetic_run(Story(lost="b", rides=UNNOTICED, bad=later, own_outage_s=1.0))).verdict == "FAIL"


def test_the_page_tells_what_viewers_noticed_and_no_phase(synthetic_run) -> None:
    page = read(render(judge_folder(synthetic_run(Story(lost="b", rides=DEGRADED, bad=BLINK))), "en")).text

    assert "What viewers notice of a fault that is ridden out" in page
    assert "within the promised bounds" in page
    assert "no switch was drilled" in page
    assert "This drill waits for no switch, so no phase of a recovery applies." in page
