"""`switchdrill run`."""

from pathlib import Path

import click

from switchdrill.cli.commands import main
from switchdrill.cli.told import say, told
from switchdrill.errors import EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_NOT_STARTED, EXIT_PASS, loudest
from switchdrill.text import _


@main.command(help=_("Run drills: PATHS as pytest takes them."))
@click.argument("paths", nargs=-1, required=True)
@click.option("-k", "expression", metavar="EXPRESSION", help=_("Only drills whose names match, as pytest's own -k."))
@click.option("--platform", metavar="NAME|FILE", help=_("What to drill; default: an embedded platform of its own."))
@click.option(
    "--runbook", metavar="FILE", type=click.Path(), help=_("Hold it against this runbook instead of its own.")
)
@click.option("--runs", metavar="DIR", help=_("Where run folders go; default: what pytest.ini says, else runs."))
@click.option(
    "--kind", type=click.Choice(["tabletop", "simulation", "real_switch"]), help=_("Instead of the drill's own.")
)
@click.option(
    "--dry-run", is_flag=True, help=_("Print targets, mechanisms, undos and expected duration; touch nothing.")
)
@click.option(
    "--own-network",
    type=click.Choice(["auto", "yes", "no"]),
    help=_("In a network namespace of its own, to drop packets without root; default: as pytest.ini says, else auto."),
)
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="N", help=_("Afterwards keep the newest N runs; remove older ones.")
)
@told
def run(
    paths: tuple[str, ...],
    expression: str | None,
    platform: str | None,
    runbook: str | None,
    runs: str | None,
    kind: str | None,
    dry_run: bool,
    own_network: str | None,
    keep: int | None,
) -> int:
    import pytest

    from switchdrill.platform.find import DEFAULT
    from switchdrill.plugin import CONDUCTED, EXIT_CODES, platform_of, runs_of
    from switchdrill.running.interrupts import end_deaf
    from switchdrill.running.old_runs import keep_newest
    from switchdrill.running.own_network import step_inside

    class Codes:
        """Collects what came of the drills when pytest has ended."""

        found: list[int] = []
        folders: list[Path] = []
        runs = Path("runs")

        def pytest_cmdline_main(self, config: pytest.Config) -> None:
            wanted = own_network or config.getini("drill_own_network")
            step_inside(wanted, platform_of(config) or DEFAULT, is_dry=dry_run)

        def pytest_sessionfinish(self, session: pytest.Session) -> None:
            self.found = session.config.stash.get(EXIT_CODES, [])
            self.runs = runs_of(session.config)
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
    words += ["-k", expression] if expression else []
    codes = Codes()
    ended = pytest.main(words, plugins=[codes])
    end_deaf()
    if keep is not None and not dry_run:
        for path in keep_newest(codes.runs, keep, never=codes.folders):
            say(_("removed {path}: more than {most} runs were kept").format(path=path, most=keep))
    return loudest([*codes.found, *_of_pytest(ended, codes.found)])


def _of_pytest(ended: int, found: list[int]) -> list[int]:
    """What pytest's own exit code adds to the drills': nothing that went wrong around them may end as a pass."""
    if ended == 1 and loudest(found) == EXIT_PASS:
        return [EXIT_FAIL]  # a test that is no drill, or what a fixture of the author's did after a drill
    if ended == 2 and found:
        return [EXIT_INCONCLUSIVE]  # Ctrl-C: the rest was never played
    return [EXIT_NOT_STARTED] if ended > 1 else []
