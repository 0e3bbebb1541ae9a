"""What was broken is whole again: healed, seen to be, and back in step; or it stands first that it is not."""

import json

from switchdrill_reports.judged.judge import judge_folder
from tests.judge.found import Tell, codes, finding
from tests.judge.story import FAULT, UNDO, S, Story
from tests.judge.twice import relinked


def test_what_is_still_broken_stands_first_and_can_never_pass(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(heals=False)))

    assert result.verdict == "FAIL"
    assert not result.all_healed
    assert codes(result)[0] == "reason.not_healed"
    assert result.headline.code == "headline.not_healed"
    assert result.reasons[0].facts["undos"] == f"site a ({UNDO})"


def test_a_file_that_nobody_chained_does_not_overrule_the_record(synthetic_run: Tell) -> None:
    """The record says that healing failed; a closed twin, under whatever name, says that it did not."""
    folder = synthetic_run(Story(heals=False))
    closed = {"id": UNDO, "by": "runner", "why": "done", "said": "", "before_ns": 0, "after_ns": 1}
    (folder.undo / "zzz.closed.json").write_text(json.dumps(closed), encoding="utf-8")
    result = judge_folder(folder)

    assert not result.all_healed
    assert result.verdict not in ("PASS", "PASS_WITH_DEVIATIONS")


def test_what_is_still_broken_does_not_hide_behind_invalid(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(heals=False, has_effect=False)))

    assert result.verdict == "INVALID"
    assert not result.all_healed
    assert codes(result)[0] == "reason.not_healed"
    assert result.headline.code == "headline.not_healed"


def test_a_site_that_is_healed_but_never_seen_whole_again_is_not_healed(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(restored=False, primary_bad=((20.0, 90.0),))))

    assert not result.all_healed
    assert finding(result, "healed").said.code == "healed.not_proven"
    assert codes(result)[0] == "reason.not_seen_whole"
    assert result.headline.code == "headline.not_seen_whole"
    assert not result.can_be_healed
    assert result.verdict == "FAIL"


def test_pictures_that_go_bad_while_the_lost_site_is_healed_are_told(synthetic_run: Tell) -> None:
    whole = judge_folder(synthetic_run(Story()))
    healed = next(part for part in whole.parts if part.part == "rejoin")
    at_s = (healed.began_ns - FAULT) / S + 0.5
    result = judge_folder(synthetic_run(Story(bad=(("unicom", at_s, at_s + 0.5),))))

    assert finding(result, "while_healing").state == "MISSED"
    assert finding(result, "hold").state == "MET"
    assert result.verdict == "PASS_WITH_DEVIATIONS"


def test_a_healed_site_that_is_late_in_step_is_a_deviation(synthetic_run: Tell) -> None:
    result = judge_folder(synthetic_run(Story(rejoined_s=9.9, in_step_s=8.9)))
    measured = finding(result, "rejoin").measured

    assert finding(result, "rejoin").state == "MISSED"
    assert measured is not None
    assert measured.hi is not None
    assert measured.lo <= 8.9 * S <= measured.hi
    assert result.verdict == "PASS_WITH_DEVIATIONS"


def test_how_long_the_healed_site_took_is_read_from_its_probes_not_from_the_runner(synthetic_run: Tell) -> None:
    """The runner looks every so often, and holds off; the truth is 1.5 s after an undo that took 0.7 s."""
    rejoin = finding(judge_folder(synthetic_run(Story(rejoined_s=4.0, in_step_s=1.5))), "rejoin")

    assert rejoin.measured is not None
    assert rejoin.measured.hi is not None
    assert rejoin.measured.lo <= 1.5 * S <= rejoin.measured.hi < 3.0 * S
    assert {each.file for each in rejoin.evidence} == {"samples/watch.a.bin", "samples/ready.a.bin"}


def test_a_healed_site_that_nobody_looked_at_is_not_measured(synthetic_run: Tell) -> None:
    folder = synthetic_run(Story())
    (folder.samples / "ready.a.bin").write_bytes(b"")
    relinked(folder)

    assert finding(judge_folder(folder), "rejoin").state == "NOT_MEASURED"


def test_what_changing_roles_does_to_a_site_is_no_part_of_its_rejoining(synthetic_run: Tell) -> None:
    whole = judge_folder(synthetic_run(Story()))
    begins = next(part for part in whole.parts if part.part == "failback")
    at_s = (begins.began_ns - FAULT) / S + 0.05
    disturbed = judge_folder(synthetic_run(Story(primary_bad=((at_s, at_s + 0.6),))))

    assert finding(disturbed, "rejoin").measured == finding(whole, "rejoin").measured
