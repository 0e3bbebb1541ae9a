"""junit.xml: what a CI server makes of a run."""

from xml.etree import ElementTree

import pytest

from switchdrill_reports.result import Result
from switchdrill_reports.shown.junit import junit

from . import facts, results
from .passed import passed


def properties(document: bytes) -> dict[str, str]:
    found = ElementTree.fromstring(document).iter("property")  # noqa: S314 - we wrote it
    return {each.attrib["name"]: each.attrib["value"] for each in found}


@pytest.mark.parametrize(
    ("state", "tag"),
    [
        ("passed", None), ("deviated", None), ("failed", "failure"), ("incomplete", "error"), ("invalid", "error"),
        ("refused", "error"),
    ],
)  # fmt: skip
def test_a_verdict_that_is_no_pass_is_never_green(state: str, tag: str | None) -> None:
    root = ElementTree.fromstring(junit(results.EVERY_STATE[state]()))  # noqa: S314
    cases = list(root.iter("testcase"))

    assert 1 == len(cases)
    assert ([] if tag is None else [tag]) == [each.tag for each in cases[0] if each.tag != "properties"]
    assert str(int(tag == "failure")) == root.attrib["failures"]
    assert str(int(tag == "error")) == root.attrib["errors"]


def test_verdict_run_kind_and_measured_time_are_properties() -> None:
    found = properties(junit(passed()))

    assert "PASS" == found["drill.verdict"]
    assert "20261121-031205-site-loss" == found["drill.run"]
    assert "simulation" == found["drill.kind"]
    assert ("8240", "8390", "20000") == (
        found["drill.measured_lo_ms"], found["drill.measured_ms"], found["drill.promised_ms"],
    )  # fmt: skip


def test_a_time_without_an_upper_end_is_absent_not_zero() -> None:
    assert "drill.measured_ms" not in properties(junit(results.incomplete()))
    assert "31200" == properties(junit(results.incomplete()))["drill.measured_lo_ms"]
    assert "drill.measured_lo_ms" not in properties(junit(results.refused()))


def test_the_failure_tells_the_findings_and_what_is_still_broken() -> None:
    root = ElementTree.fromstring(junit(results.invalid()))  # noqa: S314
    problem = root.find(".//error")

    assert problem is not None
    assert problem.text is not None
    assert problem.text.startswith("STILL BROKEN. Mend it with:  switchdrill heal 20261121-031205-site-loss")
    assert "UNUSABLE  Recovery, from the fault to good for good" in problem.text


def test_the_same_result_gives_the_same_bytes(result: Result) -> None:
    assert junit(result) == junit(Result.model_validate(result.model_dump(by_alias=True)))


def test_text_that_xml_can_not_hold_does_not_break_it() -> None:
    nasty = "]]></failure><x>&\x00\x1b\ud83c \U0001f600"
    run = results.failed().model_copy(
        update={"host": nasty, "drill": nasty, "reasons": [facts.said("reason.refused", text=nasty)]}
    )
    root = ElementTree.fromstring(junit(run))  # noqa: S314

    assert "]]></failure><x>&\ufffd\ufffd\ufffd \U0001f600" in str(root.findtext(".//failure"))
