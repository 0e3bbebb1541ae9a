"""report.<language>.html from a Result: one file, no script, nothing fetched, the same bytes every time."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from switchdrill.clock import Anchor
from switchdrill.text import catalogue
from switchdrill_reports.result import Finding, Result, Span
from switchdrill_reports.shown import figures, labels, names
from switchdrill_reports.shown.axis import has_one_before, zero_fault, zero_ns
from switchdrill_reports.shown.downtimes import downtime, lateness
from switchdrill_reports.shown.healed import healed, healed_words
from switchdrill_reports.shown.opening import gap, opening, promised_and_limit
from switchdrill_reports.shown.phase_bar import phase_bar
from switchdrill_reports.shown.phase_shares import shares_ns
from switchdrill_reports.shown.ranking import checks_first_broken, worst_first
from switchdrill_reports.shown.svg import ASIDE_GAP, FAULT, QUIET, Drawing
from switchdrill_reports.shown.timeline_chart import timeline
from switchdrill_reports.shown.timeline_strata import served_by
from switchdrill_reports.shown.timeline_viewers import changes, condensed
from switchdrill_reports.shown.wording import worded
from switchdrill_reports.words import say

HTML_LANGUAGES = {"en": "en", "zh": "zh-Hans"}
LANGUAGE_NAMES = {"en": "English", "zh": "中文"}
WIDE, MEDIUM, NARROW = 1072.0, 690.0, 360.0
_TABLE_ROWS = 240
_BEFORE_UNIT = re.compile(r"(?<=[0-9]) (?=(?:ms|s|min|h|毫秒|秒|分|小时)(?![A-Za-z]))")

# Family names are not quoted, so that the same list serves CSS and attributes.
_SANS = (
    "-apple-system, Segoe UI, Roboto, Noto Sans, Helvetica Neue, Helvetica, Arial, PingFang SC, Hiragino Sans GB, "
    "Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"
)
_SERIF = (
    "Iowan Old Style, Palatino Linotype, Noto Serif, Georgia, Songti SC, STSong, Liberation Serif, Noto Serif CJK SC, "
    "Source Han Serif SC, SimSun, serif"
)
_MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, Liberation Mono, Noto Sans Mono CJK SC, monospace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """One chart, drawn for a desk, for paper, and for a telephone: words keep their size."""

    wide: Drawing
    medium: Drawing
    narrow: Drawing


def render(result: Result, language: str) -> str:
    """The whole page."""
    environment = _environment(language)
    context = _context(result, language)
    style = environment.get_template("style.css.jinja").render(context)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("report.html.jinja").render({**context, "style_sha256": digest})


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("switchdrill_reports.shown"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(catalogue("switchdrill_reports", language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["css_string"] = css_string
    environment.filters["figure"] = plain_figure
    return environment


def css_string(text: str) -> str:
    """`text` for the inside of a CSS string: everything but plain letters and digits is escaped by number."""
    return "".join(each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in text)


def plain_figure(number: float) -> str:
    """A coordinate, to a tenth."""
    return f"{round(number, 2):g}" if abs(number) < 1 else f"{round(number, 1):.10g}"


def _context(result: Result, language: str) -> Mapping[str, object]:
    phases, sum_ns = shares_ns(result.phases)
    return {
        "result": result,
        "html_language": HTML_LANGUAGES[language],
        "other_languages": [(each, name) for each, name in LANGUAGE_NAMES.items() if each != language],
        "sans": _SANS,
        "serif": _SERIF,
        "mono": _MONO,
        "fault_colour": FAULT,
        "quiet_colour": QUIET,
        "aside_gap": ASIDE_GAP,
        "opening": together(opening(result, language)),
        "promised_and_limit": promised_and_limit(language),
        "gap": gap(language),
        "drill_name": names.drill_name(result.drill),
        "has_fault": any(fault.onset is not None for fault in result.faults),
        "zero_ns": zero_ns(result),
        "zero_fault": zero_fault(result) if has_one_before(result) else None,
        "timeline": _widths(timeline, result, "timeline", language),
        "phase_bar": _widths(phase_bar, result, "phases", language),
        "is_unusable": result.verdict == "INVALID",
        "healed": healed(result),
        "healed_words": healed_words(result, language),
        "phases": phases,
        "phases_sum_ns": sum_ns,
        "findings": worst_first(result.findings),
        "checks": checks_first_broken(result.validity),
        "viewer_rows": condensed(changes(result.viewers.series), _TABLE_ROWS) if result.viewers else [],
        **_words(result, language),
    }


def _words(result: Result, language: str) -> Mapping[str, Callable[..., str]]:
    """What templates call to turn a record into words."""
    zero = zero_ns(result)
    anchor = Anchor(mono_ns=result.anchor_mono_ns, wall=result.anchor_wall, boot_id=result.boot_id)
    titles = names.titles_of(result)
    spoken: dict[str, Callable[..., str]] = {
        "worded": lambda said, language: together(worded(said, language, titles=titles)),
        "span": lambda measured, language: together(figures.span(measured, language)),
        "count": figures.count,
        "share": figures.share,
        "verdict_name": names.verdict_name,
        "verdict_meaning": names.verdict_meaning,
        "state_name": names.state_name,
        "kind_name": names.kind_name,
        "milestone_name": names.milestone_name,
        "phase_name": names.phase_name,
        "step_name": names.step_name,
        "step_state_name": names.step_state_name,
        "healer_name": names.healer_name,
        "heal_reason": names.heal_reason,
        "numbered_fault": names.numbered_fault,
        "check_name": names.check_name,
        "looks_like": labels.looks_like,
        "parameters": labels.parameters,
        "probe_name": labels.probe_name,
        "machine_name": labels.machine_name,
        "mode_name": labels.mode_name,
        "source_name": labels.source_name,
    }
    figured: dict[str, Callable[..., str]] = {
        "duration": figures.duration,
        "exact": figures.exact,
        "tenths": figures.tenths,
        "maybe_duration": figures.maybe_duration,
    }
    return {
        **{name: partial(function, language=language) for name, function in spoken.items()},
        **{name: partial(_together, function, language=language) for name, function in figured.items()},
        "date": lambda at_ns: figures.date(at_ns, anchor),
        "instant": lambda at: together(figures.instant(at, zero, language)),
        "precise": lambda at: together(figures.precise_instant(at, zero, language)),
        "precise_moment": lambda at_ns: together(figures.precise_instant(Span(lo=at_ns, hi=at_ns), zero, language)),
        "milliseconds": lambda measured: together(figures.milliseconds(measured, language)),
        "moment": lambda at_ns: together(figures.instant(Span(lo=at_ns, hi=at_ns), zero, language)),
        "finding_name": lambda finding: names.finding_name(finding, language, titles),
        "finding_measured": lambda finding: together(_finding_measured(finding, language)),
        "finding_promised": lambda finding: together(_finding_promised(finding, language)),
        "downtime": lambda which: together(downtime(result.viewers, which, language)) if result.viewers else "",
        "lateness": lambda ns: together(lateness(ns, [each.said for each in result.validity], language)),
        "last_viewer": lambda: together(_last_viewer(result, language)),
        "recovery_measured": lambda: together(_recovery_measured(result, language)),
        "operator_title": lambda operator: names.spoken_fact("operator", operator, language, titles),
        "served_by": lambda site: served_by(site, language),
        "listed": lambda things: names.listed([str(each) for each in things], language),
    }


def _together(figure: Callable[..., str], ns: int | None, beside: Sequence[int] = (), *, language: str) -> str:
    return together(figure(ns, language, beside) if beside else figure(ns, language))


def together(words: str) -> str:
    """Each figure and its unit stay on one line."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", words)


def _recovery_measured(result: Result, language: str) -> str:
    """Not without saying so when it is not usable."""
    shown = figures.span(result.measured, language, (result.promised_ns,))
    finding = result.finding("recovery")
    if result.measured is None or finding is None or finding.state != "UNUSABLE":
        return shown
    return say("{measured}, not usable", language).format(measured=shown)


def _last_viewer(result: Result, language: str) -> str:
    """Not without saying so when it is not usable, either."""
    last = result.viewers.last_back if result.viewers else None
    shown = figures.span(last, language)
    if last is None or result.verdict != "INVALID":
        return shown
    return say("{measured}, not usable", language).format(measured=shown)


def _finding_promised(finding: Finding, language: str) -> str:
    if finding.target_ns is not None:
        high = finding.measured.hi or finding.measured.lo if finding.measured is not None else None
        return figures.exact(finding.target_ns, language, () if high is None else (high,))
    if finding.allowed is None:
        return say("yes", language)
    if finding.allowed == 0:
        return say("none", language)
    return say("at most {number}", language).format(number=figures.count(finding.allowed, language))


def _finding_measured(finding: Finding, language: str) -> str:
    if finding.measured is not None:
        return figures.span(finding.measured, language, () if finding.target_ns is None else (finding.target_ns,))
    if finding.count is not None:
        return figures.count(finding.count, language)
    if finding.state in ("MET", "MISSED") and finding.target_ns is None and finding.allowed is None:
        return say("yes", language) if finding.state == "MET" else say("no", language)
    return names.state_name("NOT_RUN" if finding.state == "NOT_RUN" else "NOT_MEASURED", language)


def _widths(chart: Callable[..., Drawing | None], result: Result, id: str, language: str) -> Widths | None:
    wide = chart(result, id=f"{id}-wide", width=WIDE, language=language)
    medium = chart(result, id=f"{id}-medium", width=MEDIUM, language=language)
    narrow = chart(result, id=f"{id}-narrow", width=NARROW, language=language)
    if wide is None or medium is None or narrow is None:
        return None
    return Widths(wide=wide, medium=medium, narrow=narrow)
