"""Why a run's record is not whole, and whether it ever began."""

from switchdrill.record.entries import Checked
from switchdrill.record.journal import of_kind
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course
from switchdrill_reports.result import Said

_MOST_OF_A_LINE = 120


def refused(course: Course, *, is_whole: bool) -> Said | None:
    """Why the drill was not even begun: closed properly, nothing broken, no load put on; None: it was begun.

    Only a whole record may say so: in a torn one, the beginning may be what is missing.
    """
    begun = {part.part for part in course.parts} - {"platform"}
    if not is_whole or course.closed is None or course.runner_lost is not None or course.injected or begun:
        return None
    failed = [each for each in of_kind(course.entries, Checked) if not each.ok]
    if failed:
        return Said(code="reason.refused", facts={"text": _one_line(failed[0].said or failed[0].name)})
    if course.cut is not None and course.cut.why == "could_not_start":
        return Said(code="reason.refused", facts={"text": _one_line(course.cut.said)})
    return None


def shortfalls(found: evidence.Evidence, course: Course, crashes: list[Said]) -> list[Said]:
    """What is missing of the run or of its record, the weightiest first."""
    told = list(crashes)
    unreadable = {each.file: each.problem for each in found.damage if each.how == "unreadable"}
    unreadable |= {each.file: each.said for each in found.unreadable}
    if found.plan is None:
        told.append(Said(code="reason.plan_unreadable", facts={"problem": unreadable.pop("plan.json", "plan.json")}))
    if not found.has_journal:
        told.append(Said(code="reason.journal_missing"))
    bad = found.journal.first_bad_line
    if bad is not None:
        facts: dict[str, str | int | float | None] = {"line_count": bad, "problem": found.journal.why_bad}
        told.append(Said(code="reason.journal_broken", facts=facts))
    if course.runner_lost is not None:
        told.append(Said(code="reason.runner_lost"))
    if course.cut is not None:
        told.append(Said(code=f"cut.{course.cut.why}", facts={"text": _one_line(course.cut.said)}))
    if found.has_journal and bad is None and course.closed is None:
        told.append(Said(code="reason.not_closed"))
    told += [Said(code="reason.unreadable", facts={"file": file, "problem": said}) for file, said in unreadable.items()]
    return told


def _one_line(text: str) -> str:
    """A message of several lines (where, because, now) as one sentence among others; long ones without their middle."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return " \N{EM DASH} ".join(_shortened(line) for line in lines)


def _shortened(line: str) -> str:
    if len(line) <= _MOST_OF_A_LINE:
        return line
    half = _MOST_OF_A_LINE // 2
    return f"{line[:half].rstrip()} \N{HORIZONTAL ELLIPSIS} {line[-half:].lstrip()}"
