"""One terminal screen: what a person wants to know when the drill has just ended."""

import unicodedata

from switchdrill_reports.result import DataLoss, Finding, Result, Span, State
from switchdrill_reports.shown import figures, names
from switchdrill_reports.shown.downtimes import downtime
from switchdrill_reports.shown.healed import healed_words
from switchdrill_reports.shown.opening import opening
from switchdrill_reports.shown.wording import worded
from switchdrill_reports.words import say

COLUMNS, LINES = 100, 24
_LABEL = 16
_MOST_CLASSES, _MOST_REASONS = 3, 4


def summary(result: Result, language: str) -> str:
    """At most 24 lines of at most 100 columns."""
    verdict = names.verdict_name(result.verdict, language)
    head = f"{result.verdict or 'REFUSED'}  {verdict} · {names.kind_name(result.kind, language)} · {result.run}"
    lines = [_cut(head)]
    if not result.all_healed:
        alarm = say("STILL BROKEN. Healing again changes nothing: look at what does not run there.", language)
        if result.can_be_healed:
            alarm = say("STILL BROKEN. Mend it with:  switchdrill heal {run}", language).format(run=result.run)
        lines.append(_cut(alarm))
    title = " · ".join(each for each in (result.title, names.drill_name(result.drill)) if each)
    lines += [*_wrapped(title, 2), *_wrapped(opening(result, language), 4)]
    lines += ["", *_durations(result, language), "", *_outcomes(result, language)]
    if result.verdict != "PASS" and result.reasons:
        lines += ["", *_reasons(result, language, LINES - len(lines) - 1)]
    return "\n".join(lines[:LINES])


def figures_in_a_line(result: Result, language: str) -> str:
    """The two that matter, for one line a drill: how long the recovery took, and what data was lost."""
    if result.verdict in (None, "INVALID"):
        return ""
    told: list[str] = []
    recovery = result.finding("recovery")
    if recovery is not None and recovery.measured is not None and recovery.target_ns is not None:
        told.append(
            say("recovery {measured} of {target}", language).format(
                measured=figures.brief_span(recovery.measured, language),
                target=figures.exact(recovery.target_ns, language),
            )
        )
    sentence = say("{name} lost: {lost}", language)
    told += [
        sentence.format(name=each.title or each.name, lost=figures.count(each.lost, language))
        for each in result.data[:_MOST_CLASSES]
        if each.lost is not None
    ]
    return ", ".join(told)


def _durations(result: Result, language: str) -> list[str]:
    """Phases against their promises, as a small table, and what its words mean."""
    recovery, failback = result.finding("recovery"), result.finding("failback")
    rows = [
        *_of_finding(say("Recovery", language), recovery),
        *(
            (f"  {names.phase_name(each.name, language)}", each.span, each.target_ns, each.limit_ns, each.state)
            for each in result.phases[:4]
        ),
        *_of_finding(say("Failback", language), failback),
    ]
    if all(state == "NOT_RUN" for *_row, state in rows):
        promised = say("not known what was promised", language)
        if result.runbook:
            promised = say("promised {target}, limit {limit}", language).format(
                target=figures.exact(result.promised_ns, language), limit=figures.exact(result.limit_ns, language)
            )
        drilled = say("no switch was drilled", language) if result.is_without_switch() else ""
        if rows and not drilled:
            drilled = names.state_name("NOT_RUN", language)
        return _labelled(say("Recovery", language), " · ".join(each for each in (drilled, promised) if each))
    lines = [_row("", say("measured", language), say("promised", language), say("limit", language)).rstrip()]
    for name, measured, target_ns, limit_ns, state in rows:
        shown = names.state_name(state, language)
        if state != "NOT_RUN":
            shown = figures.brief_span(measured, language, (target_ns,))
        line = _row(name, shown, figures.exact(target_ns, language), figures.exact(limit_ns, language))
        lines.append(line + names.state_name(state, language))
    lines.append(
        _cut(
            say(
                "promised: the verdict is judged by it · limit: recovery and failback are waited for no longer",
                language,
            )
        )
    )
    return lines


def _of_finding(name: str, finding: Finding | None) -> list[tuple[str, Span | None, int, int, State]]:
    if finding is None or finding.target_ns is None or finding.limit_ns is None:
        return []
    return [(name, finding.measured, finding.target_ns, finding.limit_ns, finding.state)]


def _outcomes(result: Result, language: str) -> list[str]:
    lines: list[str] = []
    data = result.data if result.verdict is not None else []
    for each in data[:_MOST_CLASSES]:
        lines += _labelled(each.title or each.name, _data(result, each, language), 2)
    if len(data) > _MOST_CLASSES:
        more = say("{number} more classes of data: see the report", language)
        lines += _labelled("", more.format(number=len(data) - _MOST_CLASSES))
    for number, told in enumerate(_viewers(result, language)):
        lines += _labelled("" if number else say("Viewers", language), told, 2)
    return [*lines, *_labelled(say("Healed", language), healed_words(result, language))]


def _data(result: Result, loss: DataLoss, language: str) -> str:
    if loss.acknowledged is None:
        return say("not measured", language)
    sentence = say(
        "{acknowledged} acknowledged · lost: {lost} · duplicated: {duplicated} · unknown: {unknown}", language
    )
    told = sentence.format(
        acknowledged=figures.count(loss.acknowledged, language),
        lost=figures.count(loss.lost, language),
        duplicated=figures.count(loss.duplicated, language),
        unknown=figures.count(loss.unknown, language),
    )
    return _marked(result, told, language)


def _viewers(result: Result, language: str) -> list[str]:
    viewers = result.viewers
    if viewers is None or viewers.touched is None:
        why = [worded(viewers.why_not, language)] if viewers is not None and viewers.why_not is not None else []
        return [" · ".join([say("not measured", language), *why])]
    told = say("{touched} of {planned} touched · not back when last seen: {stranded}", language).format(
        touched=figures.count(viewers.touched, language),
        planned=figures.count(viewers.planned, language),
        stranded=figures.count(viewers.stranded, language),
    )
    lost = say("downtime of one viewer, failback included: mean {mean}, longest {longest}", language).format(
        mean=downtime(viewers, "mean", language), longest=downtime(viewers, "max", language)
    )
    return [_marked(result, each, language) for each in (told, lost)]


def _marked(result: Result, told: str, language: str) -> str:
    """What an invalid run measured, never without saying that it is not usable."""
    return f"{told} · {say('not usable', language)}" if result.verdict == "INVALID" else told


def _reasons(result: Result, language: str, room: int) -> list[str]:
    """The weightiest that there is room for, each in full; only the very first is cut when even it has none."""
    titles = names.titles_of(result)
    told = [_bulleted(worded(each, language, titles=titles), LINES) for each in result.reasons[:_MOST_REASONS]]
    total, lines, count = len(result.reasons), list[str](), 0
    for each in told:
        if len(lines) + len(each) + (count + 1 < total) > room:
            break
        lines, count = lines + each, count + 1
    if count == 0 and room > 0:
        lines, count = _bulleted(worded(result.reasons[0], language, titles=titles), room), 1
    if count < total and len(lines) < room:
        lines.append(say("  and {number} more: see the report", language).format(number=total - count))
    return lines


def _bulleted(text: str, most: int) -> list[str]:
    wrapped = _wrapped(text, most, COLUMNS - 2)
    return [f"- {line}" if number == 0 else f"  {line}" for number, line in enumerate(wrapped)]


def _row(name: str, measured: str, promised: str, limit: str) -> str:
    return _padded(name, _LABEL) + _padded(measured, 22) + _padded(promised, 14) + _padded(limit, 14)


def _labelled(label: str, text: str, most: int = 1) -> list[str]:
    wrapped = _wrapped(text, most, COLUMNS - _LABEL) or [""]
    return [_padded(label if number == 0 else "", _LABEL) + line for number, line in enumerate(wrapped)]


def _padded(text: str, columns: int) -> str:
    """`text` in exactly so many columns, and at least one space after it."""
    text = _cut(text, columns - 1)
    return text + " " * (columns - _columns(text))


def _cut(text: str, columns: int = COLUMNS) -> str:
    text = _printable(text)
    if _columns(text) <= columns:
        return text
    while _columns(text) > columns - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _wrapped(text: str, most: int, columns: int = COLUMNS) -> list[str]:
    """At most `most` lines, broken at spaces where there are any; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    rest = _printable(text)
    while rest and len(lines) < most - 1 and _columns(rest) > columns:
        end = len(rest)
        while _columns(rest[:end]) > columns:
            end -= 1
        space = _break(rest, end)
        end = space if space > end // 2 else end
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, _cut(rest, columns)] if rest else lines


def _break(text: str, end: int) -> int:
    """The last space before `end` that does not part a figure from its unit; -1: there is none."""
    space = text.rfind(" ", 0, end + 1)
    while space > 0 and text[space - 1].isdigit():
        space = text.rfind(" ", 0, space)
    return space


def _columns(text: str) -> int:
    return sum(
        2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text if not unicodedata.combining(each)
    )


def _printable(text: str) -> str:
    """Text from a run's records can't move the cursor or change colours."""
    return "".join(each if unicodedata.category(each)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for each in text)
