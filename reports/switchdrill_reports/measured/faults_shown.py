"""Each planned fault: how charts shade it, when it acted, whether it was seen to act."""

from switchdrill.interval import Interval
from switchdrill.record.plan import PlannedFault
from switchdrill_reports.measured.blocks import answered_faults
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.effect import Proof
from switchdrill_reports.measured.episodes import Episode
from switchdrill_reports.measured.healing import healed_between
from switchdrill_reports.measured.put_back import put_back_of
from switchdrill_reports.result import Broken, FaultShown, PutBack
from switchdrill_reports.spans import span_of


def faults_shown(proofs: list[Proof], course: Course, episodes: list[Episode]) -> list[FaultShown]:
    numbers = {
        id(proof.fault): number
        for number, episode in enumerate(episodes, start=1)
        for proof in episode.proofs
        if len(episodes) > 1
    }
    answered = {id(fault) for episode in episodes for fault in answered_faults(episode.plan)}
    return [
        _shown(each, course, numbers.get(id(each.fault))).model_copy(update={"answered": id(each.fault) in answered})
        for each in proofs
    ]


def _shown(proof: Proof, course: Course, number: int | None) -> FaultShown:
    fault, made = proof.fault, proof.injected
    return FaultShown(
        number=number,
        kind=fault.kind,
        parameters=fault.parameters,
        name=fault.legend.name,
        looks_like=fault.legend.looks_like,
        pattern=fault.legend.pattern,
        onset=span_of(_onset(proof)),
        healed=span_of(_healed(course, made.undos, made.after_ns)) if made is not None else None,
        effect_proven=proof.is_proven,
        said=proof.said,
        counted=proof.recorded.said if proof.recorded is not None else "",
        broken=[Broken(target=each.target, mechanism=each.mechanism, says=each.says) for each in fault.undos],
        put_back=[] if made is None else [_by_its_name(each, fault) for each in put_back_of(course, made)],
    )


def _by_its_name(gap: PutBack, fault: PlannedFault) -> PutBack:
    """The sentence calls the fault as its legend does."""
    said = gap.said.model_copy(update={"facts": {**gap.said.facts, "fault": fault.legend.name}})
    return gap.model_copy(update={"said": said})


def _onset(proof: Proof) -> Interval | None:
    made = proof.injected
    if made is None:
        return None
    ends = [each for each in (made.after_ns, proof.first_seen_ns) if each is not None]
    return Interval(lo=made.before_ns, hi=max(made.before_ns, min(ends)))


def _healed(course: Course, undos: list[str], made_ns: int) -> Interval:
    """Censored while one of its undos is not healed: later than the last thing that is known."""
    between = healed_between(course, undos)
    if between is None:
        return Interval(lo=max(made_ns, course.ended_ns), hi=None)
    return Interval(lo=between[0], hi=max(between))
