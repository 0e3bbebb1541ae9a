"""The registered judge: reads a run's folder, writes run.json and junit.xml, renders the reports.

run.json is written first, whole or not at all; everything else is a view of it.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from switchdrill.errors import RecordLost
from switchdrill.judging import Judged
from switchdrill.record.folder import RunFolder
from switchdrill.text import _, spoken_language
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.measured.foreign import refuse_foreign
from switchdrill_reports.result import Result
from switchdrill_reports.shown import render as page
from switchdrill_reports.shown.junit import junit
from switchdrill_reports.shown.summary import figures_in_a_line, summary
from switchdrill_reports.shown.told import promises_told


def judge(folder: Path) -> Judged:
    """Judge a run from its raw evidence; write run.json and junit.xml, the same bytes every time.

    Raises RecordLost when they can't be written, and BadInput for a run that this version can't read; never for
    evidence that is missing or broken.
    """
    run = RunFolder(folder)
    result = _judge(run)
    return judged(result, [path for path in (run.report("en"), run.report("zh")) if path.is_file()])


def render(folder: Path, languages: Sequence[str]) -> Sequence[Path]:
    """Judge it, and render that as report.<language>.html: a page never says what its evidence does not."""
    run = RunFolder(folder)
    result = _judge(run)
    written: list[Path] = []
    for language in languages:
        _write(run.report(language), page.render(result, language).encode())
        written.append(run.report(language))
    return written


def _judge(run: RunFolder) -> Result:
    """Writes run.json and junit.xml. What an older or newer version judged stays as it is when this one can't."""
    refuse_foreign(run)
    result = judge_folder(run)
    _write(run.result, as_json(result))
    _write(run.junit, junit(result))
    return result


def judged(result: Result, reports: list[Path]) -> Judged:
    """What the engine needs of a result, in the language of the person at the terminal."""
    language = spoken_language()
    return Judged(
        verdict=result.verdict,
        all_healed=result.all_healed,
        findings=promises_told(result, language),
        summary=summary(result, language),
        figures=figures_in_a_line(result, language),
        reports=reports,
    )


def as_json(result: Result) -> bytes:
    """run.json: sorted keys, one line a value, the same bytes for the same result on every machine."""
    body = result.model_dump(mode="json", by_alias=True)
    return json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False).encode() + b"\n"


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
