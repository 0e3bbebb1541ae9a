"""One drill from its request to its verdict: lint, lock, paper, plan, the drill itself, the judge."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from switchdrill import yamlfile
from switchdrill.carrier import Rung, carrier
from switchdrill.clock import anchor
from switchdrill.drill import Drill
from switchdrill.errors import (
    EXIT_FAIL,
    EXIT_INCONCLUSIVE,
    EXIT_NOT_HEALED,
    EXIT_NOT_STARTED,
    EXIT_PASS,
    Aborted,
    CouldNotHeal,
    CouldNotStart,
    Refused,
)
from switchdrill.healing.lost import sweep, sweep_by_lock
from switchdrill.judging import Judged, judge
from switchdrill.platform.find import Placed, place, refuse_ruins
from switchdrill.platform.image import provide_images
from switchdrill.platform.model import Platform
from switchdrill.platform.programs import refuse_missing_programs
from switchdrill.record.entries import Injected
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import of_kind, read_journal
from switchdrill.record.plan import Plan
from switchdrill.runbook.lint import lint, refuse
from switchdrill.runbook.model import Runbook
from switchdrill.running.interrupts import abort_on_signals, ending_in_peace
from switchdrill.running.paper import PaperStage
from switchdrill.running.planning import Draft, Request, begin_folder, reserve_folder, unwritable
from switchdrill.running.progress import Progress
from switchdrill.running.readiness import prove_engines
from switchdrill.running.refusing import record_refusal
from switchdrill.running.session import Session
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Conducted:
    """What came of one request."""

    exit_code: int
    judged: Judged | None
    """None: a dry run, or nothing was started."""
    folder: Path | None
    problem: BaseException | None = None
    """What ended the drill, when something did."""

    @property
    def is_inconclusive(self) -> bool:
        """Neither pass nor fail: to pytest, an error of the drill's teardown; a Ctrl-C is pytest's own affair."""
        return self.exit_code == EXIT_INCONCLUSIVE and not isinstance(self.problem, KeyboardInterrupt)


def conduct(request: Request, drill: Drill, body: Callable[[], object]) -> Conducted:
    """Play one drill; one that is refused gets a folder and a report, too.

    Raises SwitchdrillError when what was asked for can't be read, or can't be recorded; then nothing is broken and
    nothing runs.
    """
    runbook = yamlfile.read(request.runbook, Runbook)
    at = datetime.now(UTC)
    folder = reserve_folder(request, at)
    draft = Draft(request=request, runbook=runbook, at=at, folder=folder)
    progress = Progress()
    try:
        return _conducted(draft, progress, drill, body)
    except (Refused, CouldNotStart) as problem:
        if request.is_dry or not record_refusal(draft, problem):
            raise
        return _judged(folder, problem)
    finally:
        progress.close()
        with suppress(OSError):
            folder.path.rmdir()  # nothing was written: it was dry, or asked for what can't be read


def _conducted(draft: Draft, progress: Progress, drill: Drill, body: Callable[[], object]) -> Conducted:
    request, runbook, folder = draft.request, draft.runbook, draft.folder
    refuse(lint(runbook), request.runbook)
    if request.kind not in runbook.kinds:
        raise Refused(
            _("the runbook does not allow a drill of kind {kind}").format(kind=request.kind),
            where=str(request.runbook),
            because=_("it allows {kinds}").format(kinds=", ".join(runbook.kinds)),
        )
    _tell_healed([] if request.is_dry else sweep(), progress)
    placed = place(request.platform, state=folder.platform, holder=f"run {folder.run_id}")
    with ExitStack() as stack:
        stack.callback(placed.lock.release)
        draft.platform, draft.platform_file = placed.platform, placed.file
        refuse_missing_programs(placed.platform, placed.file)
        if not placed.is_ours:
            prove_engines(placed.platform)
        _tell_healed([] if request.is_dry else sweep_by_lock(placed.platform), progress)
        refuse_ruins(placed)
        draft.platform, draft.rung = _carried(placed, is_dry=request.is_dry)
        refuse(lint(runbook, draft.platform), request.runbook)
        paper = PaperStage(runbook, draft.platform, is_dry=request.is_dry)
        drill.play_on(paper)
        body()
        drill.refuse_blocks_without_with()
        draft.steps, draft.faults = paper.steps, paper.faults
        for warning in paper.warnings():
            progress.say(_("note: {warning}").format(warning=warning))
        plan = draft.plan()
        if request.is_dry:
            progress.say(rehearsal(plan))
            return Conducted(exit_code=EXIT_PASS, judged=None, folder=None)
        _open_folder(folder, plan, request, placed)
        return _play(plan, placed, draft.rung, folder, progress, drill, body)


def _tell_healed(runs: Sequence[str], progress: Progress) -> None:
    for run in runs:
        progress.say(_("run {run} was left open; everything of it is healed now").format(run=run))


def rehearsal(plan: Plan) -> str:
    """What a dry run prints: targets, mechanisms, undos, expected duration."""
    expected_s = sum(step.expected_s for step in plan.steps)
    lines = [
        _("dry run of {drill}: nothing was touched").format(drill=plan.drill),
        _("platform {platform}, links carried by {carrier}").format(platform=plan.platform.id, carrier=_(plan.carrier)),
    ]
    if plan.platform.production or not plan.platform.inject:
        said = "production: true" if plan.platform.production else "inject: false"
        lines.append(_("as it stands, this drill would be refused: the platform's file says {said}").format(said=said))
    for fault in plan.faults:
        parameters = ", ".join(f"{name}={value}" for name, value in fault.parameters.items())
        lines.append(
            _("fault {kind} ({parameters}): {looks}").format(
                kind=fault.kind, parameters=parameters, looks=_(fault.legend.looks_like)
            )
        )
        for undo in fault.undos:
            if undo.mechanism:
                lines.append(_("  breaks {target} by {mechanism}").format(target=undo.target, mechanism=undo.mechanism))
            lines.append(_("  undo {target}: {says}").format(target=undo.target, says=undo.says))
    named = [name for name in ("check", "reset", "fence", "failback") if name in plan.platform.commands]
    lines.append(_("commands of the platform that may be played: {names}").format(names=", ".join(named) or "-"))
    if plan.platform.stop_conditions:
        conditions = ", ".join(each.name for each in plan.platform.stop_conditions)
        lines.append(_("stop conditions that end it at once: {names}").format(names=conditions))
    for step in plan.steps:
        detail = " ".join(f"{name}={value}" for name, value in step.detail.items())
        lines.append(f"  {step.step:<15} {step.expected_s:6.1f} s  (<= {step.limit_s:g} s)  {detail}")
    lines.append(_("expected duration: {seconds:.0f} s").format(seconds=expected_s))
    return "\n".join(lines)


def _carried(placed: Placed, *, is_dry: bool) -> tuple[Platform, Rung | None]:
    """Where the Toxiproxy servers for this platform's links come from. A dry run fetches and builds nothing."""
    platform = placed.platform
    if placed.project is not None and not is_dry:
        platform = provide_images(platform, placed.project)
    if not platform.is_carried_by_us() or (not placed.is_ours and placed.rung is not None):
        return platform, placed.rung
    if not placed.is_ours:
        return platform.model_copy(update={"carried": "nobody"}), None
    rung = carrier().provide() if not is_dry else Rung(name="dry run", says=_("a Toxiproxy server (not fetched now)"))
    return platform.model_copy(update={"carried": "foreign" if rung.url else "ours"}), rung


def _open_folder(folder: RunFolder, plan: Plan, request: Request, placed: Placed) -> None:
    try:
        begin_folder(folder, plan, request, placed.file)
    except OSError as problem:
        raise unwritable(folder.path, problem.strerror) from problem


def _play(
    plan: Plan,
    placed: Placed,
    rung: Rung | None,
    folder: RunFolder,
    progress: Progress,
    drill: Drill,
    body: Callable[[], object],
) -> Conducted:
    """The live part, and its judgement. Everything is healed when it returns, or said to be not."""
    session = Session(plan, folder=folder, placed=placed, rung=rung, progress=progress, opened=anchor())
    problem: BaseException | None = None
    with abort_on_signals():
        try:
            drill.play_on(session.open())
            body()
        except BaseException as raised:  # whatever ends a drill, its way home is the same
            problem = raised
        with ending_in_peace():
            # What is still broken is louder than why the drill ended.
            left = session.close(problem)
            if left is None and isinstance(problem, CouldNotHeal):
                problem = Aborted(
                    _("a fault could not be healed before its platform was ended; now nothing of it is left"),
                    because=problem.because,
                )
            conducted = _judged(folder, left or problem)
            session.leave()
    return conducted


def _judged(folder: RunFolder, problem: BaseException | None) -> Conducted:
    judged = _judgement(folder, problem)
    was_broken = bool(of_kind(read_journal(folder.journal).entries, Injected))
    code = _exit_code(judged, problem, was_broken=was_broken)
    return Conducted(exit_code=code, judged=judged, folder=folder.path, problem=problem)


def _judgement(folder: RunFolder, problem: BaseException | None) -> Judged:
    """What the judge says. One that crashes, or can't write, has not passed anything: INCOMPLETE."""
    try:
        judged = judge().judge(folder.path)
        judge().render(folder.path, ("en", "zh"))
    except Exception as crash:  # the drill is over and healed; whatever is wrong here must be told, not thrown
        said = _("the run could not be judged or reported: {reason}").format(reason=f"{type(crash).__name__}: {crash}")
        again = _("judge it again with: switchdrill judge {folder}").format(folder=folder.path)
        return Judged(
            verdict="INCOMPLETE",
            all_healed=not isinstance(problem, CouldNotHeal),
            findings=[said],
            summary=f"INCOMPLETE\n{said}\n{again}",
            reports=[],
        )
    return judged


def _exit_code(judged: Judged, problem: BaseException | None, *, was_broken: bool) -> int:
    """What has broken something has started, whatever could not start after that."""
    if not judged.all_healed:
        return EXIT_NOT_HEALED
    if isinstance(problem, CouldNotStart | Refused) and not was_broken:
        return EXIT_NOT_STARTED
    codes = {"PASS": EXIT_PASS, "PASS_WITH_DEVIATIONS": EXIT_PASS, "FAIL": EXIT_FAIL}
    return codes.get(judged.verdict or "", EXIT_NOT_STARTED if judged.verdict is None else EXIT_INCONCLUSIVE)
