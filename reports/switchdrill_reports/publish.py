"""The registered judge: reads a run's folder, writes run.json and junit.xml, renders the reports.

run.json is written first, whole or not at all; everything else is a view of it.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from switchdrill.errors import RecordLost
from switchdrill.judging import Judged
from switchdrill.record.folder import RunFolder
from switchdrill.text import _, spoken_language
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.result import Result
from switchdrill_reports.shown import names
from switchdrill_reports.shown import render as page
from switchdrill_reports.shown.junit import junit
from switchdrill_reports.shown.ranking import worst_first
from switchdrill_reports.shown.summary import summary
from switchdrill_reports.shown.wording import worded


def judge(folder: Path) -> Judged:
    """Judge a run from its raw evidence; write run.json and junit.xml, the same bytes every time.

    Raises RecordLost when they can't be written; never for evidence that is missing or broken.
    """
    run = RunFolder(folder)
    result = judge_folder(run)
    _write(run.result, as_json(result))
    _write(run.junit, junit(result))
    return judged(result, [path for path in (run.report("en"), run.report("zh")) if path.is_file()])


def render(folder: Path, languages: Sequence[str]) -> Sequence[Path]:
    """Render run.json as report.<language>.html; a run that was not judged yet, or by another version, is judged."""
    run = RunFolder(folder)
    result = read_result(run.result)
    if result is None:
        judge(folder)
        result = read_result(run.result) or judge_folder(run)
    written: list[Path] = []
    for language in languages:
        _write(run.report(language), page.render(result, language).encode())
        written.append(run.report(language))
    return written


def judged(result: Result, reports: list[Path]) -> Judged:
    """What the engine needs of a result, in the language of the person at the terminal."""
    language = spoken_language()
    titles = names.titles_of(result)
    return Judged(
        verdict=result.verdict,
        all_healed=result.all_healed,
        findings=[
            f"{names.finding_name(each.id, language, titles)}: {worded(each.said, language, titles=titles)}"
            for each in worst_first(result.findings)
            if each.state != "MET"
        ],
        summary=summary(result, language),
        reports=reports,
    )


def as_json(result: Result) -> bytes:
    """run.json: sorted keys, one line a value, the same bytes for the same result on every machine."""
    body = result.model_dump(mode="json", by_alias=True)
    return json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False).encode() + b"\n"


def read_result(path: Path) -> Result | None:
    """None when there is none, or none that this version can read."""
    try:
        return Result.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: a reader never sees half a result, and a full disk leaves the old one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            with fresh.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as problem:
        raise RecordLost(
            _("the judged result can't be written"),
            where=str(path),
            because=problem.strerror,
            now=_("make room there, then:  switchdrill judge {run}").format(run=path.parent.name),
        ) from problem
