"""The timeline: everything that happened, on one time axis, with the time of the fault shaded through every row."""

from dataclasses import replace

from switchdrill_reports.result import FaultShown, Milestone, PutBack, Result, Span
from switchdrill_reports.shown.axis import Axis, axis_of, has_one_before, zero_fault
from switchdrill_reports.shown.canvas import Canvas
from switchdrill_reports.shown.figures import count, instant, milliseconds, precise_instant, signed_tenths
from switchdrill_reports.shown.labels import parameters
from switchdrill_reports.shown.names import milestone_name, numbered_fault, part_name
from switchdrill_reports.shown.opening import gap
from switchdrill_reports.shown.ranking import in_order
from switchdrill_reports.shown.svg import (
    BAD,
    FAINT,
    FAULT,
    GOOD_EDGE,
    INK,
    PAPER,
    PLANNED,
    QUIET,
    Anchor,
    Drawing,
    Line,
    Mark,
    Rect,
    Text,
)
from switchdrill_reports.shown.timeline_strata import draw_strata
from switchdrill_reports.shown.timeline_viewers import draw_viewers, viewers_sentence
from switchdrill_reports.words import say

_HEAD = 26.0
_PITCH = 17.0
_BAR = 9.0
_MOST_GAPS = 6
_WORST = "worst"


def timeline(result: Result, *, id: str, width: float, language: str) -> Drawing | None:
    """None when the run has no length to draw."""
    axis = axis_of(result, width)
    if axis is None:
        return None
    canvas = Canvas(axis=axis, top=_HEAD)
    _draw_parts(canvas, result, language)
    _draw_faults(canvas, result, language)
    draw_viewers(canvas, result.viewers, language)
    draw_strata(canvas, result, language)
    _draw_milestones(canvas, result, language)
    height = canvas.y + 4
    return Drawing(
        id=id,
        width=width,
        height=height,
        title=say("The drill on one time axis", language),
        desc=_sentence(result, axis, language),
        marks=[*_background(result, axis, height), *_scale(canvas, height, language), *canvas.marks],
    )


def _background(result: Result, axis: Axis, height: float) -> list[Mark]:
    marks: list[Mark] = []
    for fault in result.faults:
        if fault.onset is None:
            continue
        begin, end = axis.x(fault.onset.lo), axis.x(_end_of(fault, axis))
        marks.append(Rect(x=begin, y=_HEAD - 4, width=end - begin, height=height - _HEAD, fill=FAULT, opacity=0.06))
    return marks


def _scale(canvas: Canvas, height: float, language: str) -> list[Mark]:
    """The ticks' words, and their lines, which leave out what is written on their way."""
    axis = canvas.axis
    boxes = [mark.box() for mark in canvas.marks if isinstance(mark, Text)]
    marks: list[Mark] = []
    for at_ns in axis.ticks():
        x = axis.x(at_ns)
        is_zero = at_ns == axis.zero_ns
        label = "T0" if is_zero else say("{amount} s", language).format(amount=_whole(at_ns - axis.zero_ns))
        anchor: Anchor = "start" if x < 20 else "end" if x > axis.width - 20 else "middle"
        stroke, width = (INK, 1.5) if is_zero else (FAINT, 0.75)
        crossed = sorted((top, bottom) for left, top, right, bottom in boxes if left - 2 <= x <= right + 2)
        y = _HEAD - 8
        for top, bottom in [*crossed, (height, height)]:
            if top > y:
                marks.append(Line(x1=x, y1=y, x2=x, y2=top, stroke=stroke, width=width))
            y = max(y, bottom)
        marks.append(Text(x=x, y=_HEAD - 12, text=label, anchor=anchor, bold=is_zero, fill=INK if is_zero else QUIET))
    return marks


def _whole(ns: int) -> str:
    return signed_tenths(ns).removesuffix(".0")


def _draw_parts(canvas: Canvas, result: Result, language: str) -> None:
    canvas.heading(say("Parts of the drill", language))
    for part in result.parts:
        begin = canvas.axis.x(part.began_ns)
        end = max(begin + 2, canvas.axis.x(result.ended_ns if part.ended_ns is None else part.ended_ns))
        name = part_name(part.part, language)
        label = name if part.reached else say("{part} (cut short)", language).format(part=name)
        y = canvas.beside(begin, end, label, _PITCH)
        bar = Rect(x=begin, y=y - _BAR / 2, width=end - begin, height=_BAR, fill=PLANNED)
        canvas.add(bar if part.reached else replace(bar, fill="none", stroke=PLANNED, dash="3 2"))
    if not result.parts:
        canvas.remark(say("nothing was begun", language))


def _draw_faults(canvas: Canvas, result: Result, language: str) -> None:
    for fault in result.faults:
        canvas.heading(
            say("Fault: {name}", language).format(name=numbered_fault(fault, language)),
            parameters(fault.parameters, language),
        )
        if fault.onset is None:
            canvas.remark(say("it was never made", language))
            continue
        begin, end = canvas.axis.x(fault.onset.lo), canvas.axis.x(_end_of(fault, canvas.axis))
        healed = (
            say("not seen healed", language)
            if fault.healed is None or fault.healed.hi is None
            else say("healed at {instant}", language).format(
                instant=instant(fault.healed, canvas.axis.zero_ns, language)
            )
        )
        y = canvas.beside(begin, end, healed, _PITCH)
        pattern = fault.pattern if fault.pattern in ("dots", "stripes") else "solid"
        canvas.add(
            Rect(
                x=begin, y=y - 6, width=max(2, end - begin), height=12, fill=FAULT, stroke=FAULT,
                pattern="dots" if pattern == "dots" else "stripes" if pattern == "stripes" else "solid",
            )
        )  # fmt: skip
        for without in fault.put_back[:_MOST_GAPS]:
            _draw_gap(canvas, without, y, language)
        if len(fault.put_back) > _MOST_GAPS:
            more = count(len(fault.put_back) - _MOST_GAPS, language)
            canvas.remark(say("and {number} more times, all in the table", language).format(number=more))


def _draw_gap(canvas: Canvas, without: PutBack, fault_y: float, language: str) -> None:
    """A hole in the fault's bar, and a row of its own that says when and how long: it may be thinner than a hair."""
    begin, end = canvas.axis.x(without.gone.lo), canvas.axis.x(without.again_ns)
    canvas.add(Rect(x=begin, y=fault_y - 6, width=max(1.5, end - begin), height=12, fill=PAPER))
    y = canvas.beside(begin, end, _gap_words(without, canvas.axis, language), _PITCH)
    canvas.add(Rect(x=begin, y=y - 4, width=max(1.5, end - begin), height=8, fill=PAPER, stroke=FAULT))


def _gap_words(without: PutBack, axis: Axis, language: str) -> str:
    again = Span(lo=without.again_ns, hi=without.again_ns)
    return say("no effect at {target}: rule gone {gone}, back {again}, {absent} without it", language).format(
        target=without.target,
        gone=precise_instant(without.gone, axis.zero_ns, language),
        again=precise_instant(again, axis.zero_ns, language),
        absent=milliseconds(without.absent, language),
    )


def _end_of(fault: FaultShown, axis: Axis) -> int:
    """Until when it is shaded: the late end of its healing, or the end of the run."""
    return axis.end_ns if fault.healed is None or fault.healed.hi is None else fault.healed.hi


def shown_milestones(result: Result) -> list[Milestone]:
    """Those of the worst stratum (or of the only one that has them), in order of time; unmeasured ones last."""
    worst = {each.id for each in result.milestones if each.stratum == _WORST}
    return in_order([each for each in result.milestones if each.stratum == _WORST or each.id not in worst])


def _draw_milestones(canvas: Canvas, result: Result, language: str) -> None:
    milestones = shown_milestones(result)
    aside = say("when the last operator reached it", language)
    if result.fault is not None:
        aside = say("of fault {number}, when the last operator reached it", language).format(number=result.fault)
    canvas.heading(say("Milestones", language), aside)
    for milestone in milestones:
        name = milestone_name(milestone.name, language)
        label = f"{name} {instant(milestone.at, canvas.axis.zero_ns, language)}"
        if milestone.at is None:
            canvas.remark(say("{milestone}: not measured", language).format(milestone=name))
            continue
        if milestone.none_seen or (milestone.name == "first_user_impact" and milestone.at.hi is None):
            canvas.remark(say("{milestone}: none seen", language).format(milestone=name))
            continue
        begin = canvas.axis.x(milestone.at.lo)
        end = canvas.axis.x(canvas.axis.end_ns if milestone.at.hi is None else milestone.at.hi)
        y = canvas.beside(begin - 4, end + 4, label, _PITCH)
        _draw_whisker(canvas, begin, end, y, milestone.at)
    if not milestones:
        canvas.remark(say("not measured", language))


def _draw_whisker(canvas: Canvas, begin: float, end: float, y: float, at: Span) -> None:
    if at.hi is None:
        canvas.add(Line(x1=begin, y1=y, x2=end, y2=y, stroke=BAD, width=2, dash="4 3"))
        canvas.add(Line(x1=begin, y1=y - 5, x2=begin, y2=y + 5, stroke=BAD, width=2))
        return
    canvas.add(Rect(x=begin - 2, y=y - 4.5, width=max(4.0, end - begin + 4), height=9, fill=GOOD_EDGE))


def _sentence(result: Result, axis: Axis, language: str) -> str:
    begin = signed_tenths(axis.begin_ns - axis.zero_ns)
    end = signed_tenths(axis.end_ns - axis.zero_ns)
    parts = [say("The axis runs from {begin} s to {end} s around T0.", language).format(begin=begin, end=end)]
    fault_at_zero = zero_fault(result)
    if fault_at_zero is None:
        parts.append(say("Nothing was broken; T0 is the beginning of the run.", language))
    elif has_one_before(result):
        sentence = say("T0 is the onset of the fault that the switch answers, {name}.", language)
        parts.append(sentence.format(name=numbered_fault(fault_at_zero, language)))
    for fault in result.faults:
        if fault.onset is not None:
            sentence = say("The fault {name} acts from {onset}; healed: {healed}.", language)
            parts.append(
                sentence.format(
                    name=numbered_fault(fault, language),
                    onset=instant(fault.onset, axis.zero_ns, language),
                    healed=instant(fault.healed, axis.zero_ns, language),
                )
            )
            parts += [
                say("{name}: {figures}.", language).format(
                    name=numbered_fault(fault, language), figures=_gap_words(each, axis, language)
                )
                for each in fault.put_back[:_MOST_GAPS]
            ]
    parts.append(viewers_sentence(result.viewers, axis.zero_ns, language))
    parts += [
        say("{name}: {figures}.", language).format(
            name=milestone_name(each.name, language),
            figures=say("none seen", language) if each.none_seen else instant(each.at, axis.zero_ns, language),
        )
        for each in shown_milestones(result)
    ]
    return gap(language).join(parts)
