"""`switchdrill ...`: every command, its exit code, and nothing else; the work is done elsewhere."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click

from switchdrill.errors import (
    EXIT_FAIL,
    EXIT_INCONCLUSIVE,
    EXIT_NOT_HEALED,
    EXIT_NOT_STARTED,
    EXIT_PASS,
    BadInput,
    CouldNotStart,
    Refused,
    SwitchdrillError,
    loudest,
)
from switchdrill.machine.terminal import open_standard_streams, patient_output
from switchdrill.text import LANGUAGES, _, visible

Words = ParamSpec("Words")


def _paragraphs(*told: str) -> str:
    """Of a help text; the first one stands in the list of commands."""
    return "\n\n".join(told)


class _Commands(click.Group):
    """Click's group, except that a wrong command line could not start anything: 3, never click's own 2; and that who
    prints needs no reader.
    """

    def main(self, *args: Any, **extra: Any) -> Any:
        open_standard_streams()
        with patient_output():
            return super().main(*args, **extra)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as problem:
            problem.exit_code = EXIT_NOT_STARTED  # type: ignore[misc]  # click reads it from the instance
            raise

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except click.UsageError as problem:
            problem.exit_code = EXIT_NOT_STARTED  # type: ignore[misc]  # click reads it from the instance
            raise


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    help=_("Rehearse the loss of a site before the flood does it for you.")
    + "\n\n\b\n"
    + _("Exit codes, of every command:")
    + "\n"
    + "\n".join(
        f"  {code}  {meaning}"
        for code, meaning in (
            (EXIT_PASS, _("passed, with or without deviations; done")),
            (EXIT_FAIL, _("failed; `lint` found something")),
            (EXIT_INCONCLUSIVE, _("inconclusive: INCOMPLETE or INVALID")),
            (EXIT_NOT_STARTED, _("could not start: bad input, a wrong command line, refused, something missing")),
            (EXIT_NOT_HEALED, _("could not heal: something is still broken, and the message says what to do")),
        )
    ),
)
@click.version_option(package_name="switchdrill", help=_("Show the version."))
def main() -> None:
    """The commands; the words for people are given above, in their language."""


def _say(text: object) -> None:
    """To the terminal; whatever came out of files can't steer it."""
    click.echo(visible(str(text)))


def _told(command: Callable[Words, int]) -> Callable[Words, None]:
    """Print our own errors as a person reads them at 03:00, and leave with their code."""

    @wraps(command)
    def told(*args: Words.args, **kwargs: Words.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except SwitchdrillError as problem:
            click.echo(f"switchdrill: {problem}", err=True)
            code = problem.exit_code
        except OSError as problem:
            click.echo(f"switchdrill: {_unusable(problem)}", err=True)
            code = EXIT_NOT_STARTED
        sys.exit(code)

    return told


def _unusable(problem: OSError) -> CouldNotStart:
    """A file or a folder that we have no better words for."""
    return CouldNotStart(
        _("the machine did not let us go on"),
        where=None if problem.filename is None else str(problem.filename),
        because=problem.strerror or str(problem),
        now=_("make it readable and writable for this user; `switchdrill doctor` looks at what is needed"),
    )


@main.command(help=_("Run drills: PATHS as pytest takes them."))
@click.argument("paths", nargs=-1, required=True)
@click.option("--platform", metavar="NAME|FILE", help=_("What to drill; default: an embedded platform of its own."))
@click.option(
    "--runbook", metavar="FILE", type=click.Path(), help=_("Hold it against this runbook instead of its own.")
)
@click.option("--runs", metavar="DIR", default="runs", show_default=True, help=_("Where run folders go."))
@click.option(
    "--kind", type=click.Choice(["tabletop", "simulation", "real_switch"]), help=_("Instead of the drill's own.")
)
@click.option(
    "--dry-run", is_flag=True, help=_("Print targets, mechanisms, undos and expected duration; touch nothing.")
)
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="N", help=_("Afterwards keep the newest N runs; remove older ones.")
)
@_told
def run(
    paths: tuple[str, ...],
    platform: str | None,
    runbook: str | None,
    runs: str,
    kind: str | None,
    dry_run: bool,
    keep: int | None,
) -> int:
    import pytest

    from switchdrill.plugin import CONDUCTED, EXIT_CODES
    from switchdrill.running.interrupts import end_deaf
    from switchdrill.running.keeping import keep_newest

    class Codes:
        """Collects what came of the drills when pytest has ended."""

        found: list[int] = []
        folders: list[Path] = []

        def pytest_sessionfinish(self, session: pytest.Session) -> None:
            self.found = session.config.stash.get(EXIT_CODES, [])
            conducted = session.config.stash.get(CONDUCTED, [])
            self.folders = [each.folder for each in conducted if each.folder is not None]

    words = ["-p", "no:cacheprovider", "-p", "no:locust", "-q", "-s", "--no-header", "--tb=short", *paths]
    words += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # we are imported already, and rewrite nothing
    for option, value in (
        ("--drill-platform", platform),
        ("--drill-runbook", runbook),
        ("--drill-runs", runs),
        ("--drill-kind", kind),
    ):
        words += [f"{option}={value}"] if value else []
    words += ["--drill-dry-run"] if dry_run else []
    codes = Codes()
    ended = pytest.main(words, plugins=[codes])
    end_deaf()
    if keep is not None and not dry_run:
        for path in keep_newest(Path(runs), keep, never=codes.folders):
            _say(_("removed {path}: more than {most} runs were kept").format(path=path, most=keep))
    return loudest([*codes.found, *_of_pytest(ended, codes.found)])


def _of_pytest(ended: int, found: list[int]) -> list[int]:
    """What pytest's own exit code adds to the drills': nothing that went wrong around them may end as a pass."""
    if ended == 1 and loudest(found) == EXIT_PASS:
        return [EXIT_FAIL]  # a test that is no drill, or what a fixture of the author's did after a drill
    if ended == 2 and found:
        return [EXIT_INCONCLUSIVE]  # Ctrl-C: the rest was never played
    return [EXIT_NOT_STARTED] if ended > 1 else []


@main.command(
    help=_paragraphs(
        _("Play every undo that is still open."), _("Works when the tool that broke it is dead; may be repeated.")
    )
)
@click.argument("run_folder", required=False, metavar="[RUN]")
@click.option("--all", "everything", is_flag=True, help=_("Every run that was not closed."))
@click.option("--forget", "is_forgotten", is_flag=True, help=_("Heal nothing, and look for this run no more."))
@click.option("--runs", metavar="DIR", default="runs", show_default=True)
@_told
def heal(run_folder: str | None, everything: bool, is_forgotten: bool, runs: str) -> int:
    from switchdrill.healing.by_hand import forget_run, heal_all, heal_run, pointed

    if not run_folder and not everything:
        raise click.UsageError(_("name a run, or say --all"))
    if everything and is_forgotten:
        raise click.UsageError(_("name the run that is to be forgotten"))
    if everything:
        played = heal_all()
    else:
        folder = pointed(run_folder or "") or _own(_folder(run_folder or "", runs))
        played = forget_run(folder) if is_forgotten else heal_run(folder)
    for line in played.lines:
        _say(line)
    return EXIT_NOT_HEALED if played.still_broken else 0


@main.command(
    help=_paragraphs(_("Judge a recorded run again, from its raw evidence."), _("The same bytes every time."))
)
@click.argument("run_folder", metavar="RUN")
@click.option("--runs", metavar="DIR", default="runs", show_default=True)
@_told
def judge(run_folder: str, runs: str) -> int:
    from switchdrill import judging

    judged = judging.judge().judge(_folder(run_folder, runs))
    click.echo(judged.summary)
    return {"PASS": 0, "PASS_WITH_DEVIATIONS": 0, "FAIL": EXIT_FAIL}.get(judged.verdict or "", 2)


@main.command(help=_("Render a judged run again."))
@click.argument("run_folder", metavar="RUN")
@click.option("--lang", default=",".join(LANGUAGES), show_default=True, help=_("Languages, with commas."))
@click.option("--runs", metavar="DIR", default="runs", show_default=True)
@_told
def report(run_folder: str, lang: str, runs: str) -> int:
    from switchdrill import judging

    languages = [each.strip() for each in lang.split(",")]
    unknown = [each for each in languages if each not in LANGUAGES]
    if unknown:
        raise BadInput(
            _("there is no report in {unknown}").format(unknown=", ".join(repr(each) for each in unknown)),
            where="--lang",
            now=_("choose from: {known}").format(known=", ".join(LANGUAGES)),
        )
    for path in judging.judge().render(_folder(run_folder, runs), languages):
        _say(path)
    return 0


@main.command(
    help=_paragraphs(
        _("Hold a runbook's promises against physics."),
        _("Says what can be known to be impossible before anything is started. Exit 1: it found something."),
    )
)
@click.argument("runbook", type=click.Path())
@click.option("--platform", metavar="NAME|FILE", help=_("Also hold it against this platform's own figures."))
@_told
def lint(runbook: str, platform: str | None) -> int:
    from switchdrill import yamlfile
    from switchdrill.platform.find import read_unplaced
    from switchdrill.runbook.lint import arithmetic, told
    from switchdrill.runbook.lint import lint as complaints_of
    from switchdrill.runbook.model import Runbook

    book = yamlfile.read(Path(runbook), Runbook)
    for sentence in arithmetic(book):
        _say(sentence)
    complaints = complaints_of(book, read_unplaced(platform) if platform else None)
    for complaint in complaints:
        _say(told(complaint, Path(runbook)))
    if not complaints:
        click.echo(
            _("fine: every promise of this runbook can be kept, as far as arithmetic goes")
            if platform
            else _(
                "fine: every promise of this runbook can be kept, as far as arithmetic goes; --platform looks further"
            )
        )
    return EXIT_FAIL if complaints else 0


@main.command(
    help=_paragraphs(
        _("Start a platform that stays up."),
        _("For playing, or for many drills one after another; prints its resolved file."),
    )
)
@click.argument("platform", metavar="NAME|FILE")
@_told
def up(platform: str) -> int:
    from switchdrill.platform.standing import bring_up

    _say(bring_up(platform))
    return 0


@main.command(
    help=_paragraphs(
        _("Stop a platform that `up` started."), _("By its name, its folder's, or its file; half a platform, too.")
    )
)
@click.argument("platform", metavar="NAME|FILE")
@_told
def down(platform: str) -> int:
    from switchdrill.platform.standing import take_down

    _say(take_down(platform))
    return 0


@main.command(
    help=_paragraphs(
        _("What this machine can do, and what is missing."),
        _("Every need of a drill, what it is for, and the command that meets it. Exit 3: a needed one is not met."),
    )
)
@click.option("--mend", is_flag=True, help=_("Fetch or build what is missing and can be had."))
@_told
def doctor(mend: bool) -> int:
    from switchdrill.doctor import examine

    examination = examine(mend=mend)
    for line in examination.lines:
        _say(line)
    return 0 if examination.can_drill else 3


@main.command(
    help=_paragraphs(_("The catalogue of faults."), _("Each with its parameters, and what a client sees of it."))
)
@_told
def faults() -> int:
    from dataclasses import MISSING, fields

    from switchdrill.fault import catalogue

    for kind, fault in sorted(catalogue().items()):
        names = ", ".join(
            each.name if each.default is MISSING else f"{each.name}={each.default!r}"
            for each in fields(fault)  # type: ignore[arg-type]
        )
        _say(f"{kind:<14} {fault.__name__}({names})")
        _say(f"{'':<14} from {fault.__module__} import {fault.__name__}")
        _say(f"{'':<14} {_(fault.legend.looks_like)}")
    return 0


def _own(folder: Path) -> Path:
    """`folder`; Refused when it is another user's: an undo holds commands, and healing would run them as us."""
    if folder.stat().st_uid != os.geteuid():
        raise Refused(
            _("this run is another user's, and its undos hold commands"),
            where=str(folder),
            because=_("it belongs to user {owner}, we are {us}").format(owner=folder.stat().st_uid, us=os.geteuid()),
            now=_("heal it as that user"),
        )
    return folder


def _folder(named: str, runs: str) -> Path:
    """A run by its path, by its name below `runs`, or `latest`."""
    if named == "latest":
        found = sorted(path for path in Path(runs).glob("*") if (path / "run.jsonl").exists())
        if found:
            return found[-1].resolve()
    for candidate in (Path(named), Path(runs) / named):
        if (candidate / "plan.json").exists() or (candidate / "undo").is_dir():
            return candidate.resolve()
    raise BadInput(
        _("there is no run called {name!r}").format(name=named),
        because=_("looked at {first} and {second}").format(first=Path(named), second=Path(runs) / named),
    )
