"""The pytest plugin: marker `drill`, fixture `drill`, options `--drill-*`.

Imports nothing but pytest until a drill runs: installing switchdrill changes nothing in an ordinary pytest session.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from switchdrill.drill import Drill
    from switchdrill.running.conductor import Conducted
    from switchdrill.running.planning import Request

CONDUCTED = pytest.StashKey[list["Conducted"]]()
"""On the config: what came of every drill of this session, for `switchdrill run` and the closing summary."""
EXIT_CODES = pytest.StashKey[list[int]]()
"""On the config: one for every drill that was conducted, could not start, or went wrong outside the conductor."""
_COUNTED = pytest.StashKey[bool]()
_HELD = pytest.StashKey["Drill"]()
_WENT_WELL = pytest.StashKey[bool]()
_PLAYED = "switchdrill_played"
"""On the reports of a drill whose body went well."""
_MINE = pytest.StashKey["Conducted"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("drill", "switchdrill: drills of live-streaming platforms")
    group.addoption(
        "--drill-platform", metavar="NAME|FILE", help="platform to drill (default: an embedded one of its own)"
    )
    group.addoption("--drill-runbook", metavar="FILE", help="runbook to hold it against, instead of the drill's own")
    group.addoption("--drill-runs", metavar="DIR", help="where run folders go (default: runs)")
    group.addoption(
        "--drill-kind", metavar="KIND", help="tabletop, simulation or real_switch, instead of the drill's own"
    )
    group.addoption("--drill-dry-run", action="store_true", help="print the plan, touch nothing")
    parser.addini("drill_platform", "default of --drill-platform; a file is looked for from this one's folder")
    parser.addini("drill_own_network", "default of `switchdrill run --own-network`", default="auto")
    parser.addini("drill_runs", "default of --drill-runs; looked for from this file's folder")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "drill(runbook, kind, covers): a drill; asks for the fixture `drill` and is judged against its runbook",
    )
    config.stash[CONDUCTED] = []
    config.stash[EXIT_CODES] = []


@pytest.fixture
def drill(request: pytest.FixtureRequest) -> Iterator[Drill]:
    """A drill of the platform; only for tests marked `drill`. INCOMPLETE and INVALID are errors of its teardown."""
    if request.node.get_closest_marker("drill") is None:
        raise pytest.UsageError("the fixture `drill` is for tests marked @pytest.mark.drill(runbook=...)")
    from switchdrill.drill import Drill

    held = request.node.stash[_HELD] = Drill()
    yield held
    conducted = request.node.stash.get(_MINE, None)
    if conducted is not None and conducted.is_inconclusive:
        pytest.fail(_said(conducted), pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A mark that can't be right is told before anything of the drill's author runs."""
    mark = item.get_closest_marker("drill")
    if mark is None:
        return
    from switchdrill.errors import SwitchdrillError
    from switchdrill.running.marker import refuse_mistakes

    try:
        refuse_mistakes(item, mark)
    except SwitchdrillError as problem:
        _count(item, problem.exit_code)
        raise _failed(f"switchdrill: {problem}") from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A drill that failed where the conductor could not see it (a fixture, the mark, its own code) did not start."""
    report = yield
    is_drill = item.get_closest_marker("drill") is not None or "drill" in getattr(item, "fixturenames", ())
    if report.failed and is_drill and not item.stash.get(_COUNTED, False):
        from switchdrill.errors import EXIT_NOT_STARTED

        _count(item, EXIT_NOT_STARTED)
    if report.when == "call" and report.passed:
        item.stash[_WENT_WELL] = True
    if is_drill and report.when != "setup" and item.stash.get(_WENT_WELL, False):
        report.__dict__[_PLAYED] = True  # goes to another process, too
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> tuple[str, str, str] | None:
    """A drill has passed when its verdict is known, which its teardown tells: an INVALID one is an error only."""
    if not report.passed or not getattr(report, _PLAYED, False):
        return None
    if report.when == "call":
        return "", "", ""
    return ("rehearsed", "r", "REHEARSED") if config.getoption("--drill-dry-run") else ("passed", ".", "PASSED")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Play a drill-marked test: on paper, then for real, then judged. Other tests are none of our business."""
    mark = pyfuncitem.get_closest_marker("drill")
    if mark is None:
        return None
    from switchdrill.errors import EXIT_NOT_HEALED, EXIT_NOT_STARTED, SwitchdrillError
    from switchdrill.running.conductor import conduct
    from switchdrill.running.interrupts import end_in_peace
    from switchdrill.running.marker import drill_of

    config = pyfuncitem.config
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}  # noqa: SLF001
    try:
        held = drill_of(pyfuncitem, pyfuncitem.stash.get(_HELD, None))
        conducted = conduct(_request(pyfuncitem, mark), held, lambda: pyfuncitem.obj(**wanted))
    except SwitchdrillError as problem:
        _count(pyfuncitem, problem.exit_code)
        raise _failed(f"switchdrill: {problem}") from None
    pyfuncitem.stash[_MINE] = conducted
    config.stash[CONDUCTED].append(conducted)
    _count(pyfuncitem, conducted.exit_code)
    if isinstance(conducted.problem, KeyboardInterrupt):
        end_in_peace()
        raise conducted.problem
    verdict = conducted.judged.verdict if conducted.judged is not None else "PASS"
    if verdict == "FAIL" or verdict is None or conducted.exit_code in (EXIT_NOT_HEALED, EXIT_NOT_STARTED):
        pytest.fail(_said(conducted), pytrace=False)
    if isinstance(conducted.problem, AssertionError):
        raise conducted.problem
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for conducted in config.stash.get(CONDUCTED, []):
        from switchdrill.text import _, visible

        if conducted.judged is not None:
            terminalreporter.write_line("")
            terminalreporter.write_line(visible(conducted.judged.summary))
        for report in sorted(conducted.folder.glob("report.*.html")) if conducted.folder is not None else []:
            terminalreporter.write_line(_("report  {path}").format(path=report))

    played = [] if config.getoption("--drill-dry-run") else config.stash.get(EXIT_CODES, [])
    for line in _lines(config.stash.get(CONDUCTED, []), played):
        terminalreporter.write_line(line)


def _lines(conducted: list[Conducted], exit_codes: list[int]) -> Iterator[str]:
    """One line a drill, where there are several: what a job's log is looked through for in the morning."""
    if len(exit_codes) < 2:
        return
    from switchdrill.text import _, visible

    yield ""
    yield _("exit code, verdict, run, what came of it:")
    for each in conducted:
        verdict = each.judged.verdict if each.judged is not None else None
        name = each.folder.name if each.folder is not None else ""
        why = str(each.problem).partition("\n")[0] if each.problem is not None else ""
        findings = each.judged.findings if each.judged is not None else []
        if not why and findings:
            why = findings[0] + (_(" (and {count} more)").format(count=len(findings) - 1) if findings[1:] else "")
        told = "; ".join(filter(None, [each.judged.figures if each.judged is not None else "", why]))
        yield visible(f"{each.exit_code}  {verdict or _('not started'):<22} {name}  {told}".rstrip())
    unread = len(exit_codes) - len(conducted)
    if unread:
        yield _("{count} more could not be read, see above").format(count=unread)


def _count(item: pytest.Item, exit_code: int) -> None:
    item.stash[_COUNTED] = True
    item.config.stash[EXIT_CODES].append(exit_code)


def _failed(said: str) -> BaseException:
    """For `raise ... from None`: of an error of ours a person reads the words, not the way they took."""
    return pytest.fail.Exception(said, pytrace=False)


def _said(conducted: Conducted) -> str:
    from switchdrill.text import _, spoken_language, visible

    judged = conducted.judged
    verdict = judged.verdict if judged is not None else None  # a refused run is judged, but has none
    findings = list(judged.findings) if judged is not None and verdict is not None else []
    lines = [f"switchdrill: {verdict or _('not started')}", *findings]
    if conducted.problem is not None:
        lines.append(str(conducted.problem))
    if conducted.folder is not None:
        lines.append(_("report: {path}").format(path=conducted.folder / f"report.{spoken_language()}.html"))
    return visible("\n".join(lines))


def _name(item: pytest.Function) -> str:
    """What the run's id says of the drill: its file, its function where the file has several, its parameters."""
    marks = (getattr(each, "pytestmark", []) for each in vars(item.module).values())
    drills = sum(any(mark.name == "drill" for mark in own) for own in marks if isinstance(own, list))
    words = [item.path.stem.removeprefix("test_")]
    words += [item.originalname.removeprefix("test_")] if drills > 1 else []
    words += [item.callspec.id] if hasattr(item, "callspec") else []
    return "-".join(words)


def _from_here(item: pytest.Function) -> str:
    """The drill, as it is named where pytest was started; its node id is told from pytest's root."""
    here, name = item.config.invocation_params.dir, item.nodeid.partition("::")[2]
    file = item.path.relative_to(here) if item.path.is_relative_to(here) else item.path
    return f"{file}::{name}"


def runs_of(config: pytest.Config) -> Path:
    """Where this session's run folders go."""
    named = config.getoption("--drill-runs")
    own = config.getini("drill_runs")
    return Path(named or (_beside_ini(config, own) if own else "runs"))


def platform_of(config: pytest.Config) -> str | None:
    """What this session drills; None: an embedded platform of its own."""
    return config.getoption("--drill-platform") or _ini_platform(config)


def _ini_platform(config: pytest.Config) -> str | None:
    from switchdrill.platform.find import is_path

    named = config.getini("drill_platform")
    return (_beside_ini(config, named) if is_path(named) else named) or None


def _beside_ini(config: pytest.Config, path: str) -> str:
    """What an ini file says is meant from its own folder: pytest may be started anywhere."""
    return path if config.inipath is None else os.path.normpath(config.inipath.parent / path)


def _request(item: pytest.Function, mark: pytest.Mark) -> Request:
    from switchdrill.running.planning import Request

    config = item.config
    named = config.getoption("--drill-runbook") or os.path.normpath(item.path.parent / mark.kwargs["runbook"])
    kind = config.getoption("--drill-kind") or mark.kwargs.get("kind", "simulation")
    doc = item.obj.__doc__ or item.module.__doc__ or item.name
    words = ["switchdrill", "run", _from_here(item)]
    for option in ("platform", "runbook", "runs", "kind"):
        value = config.getoption(f"--drill-{option}")
        words += [f"--{option}", value] if value else []
    return Request(
        node_id=item.nodeid,
        name=_name(item),
        title=doc.strip().splitlines()[0],
        source=item.path,
        kind=kind,
        covers=tuple(mark.kwargs.get("covers", ())),
        runbook=Path(named),
        platform=platform_of(config),
        runs=runs_of(config),
        again=shlex.join(words),
        is_dry=bool(config.getoption("--drill-dry-run")),
    )
