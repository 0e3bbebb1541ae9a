"""`switchdrill lint`."""

from pathlib import Path

import click

from switchdrill.cli.commands import main
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.errors import EXIT_FAIL, EXIT_PASS
from switchdrill.text import _


@main.command(
    help=paragraphs(
        _("Find what can't be kept by a runbook, or is missing of a platform."),
        _("Says what can be known to be impossible before anything is started. Exit 1: it found something."),
        _("FILE is a runbook or a platform.yaml: its `schema` tells. --platform alone: that platform is looked at."),
    )
)
@click.argument("file", required=False, type=click.Path())
@click.option("--platform", metavar="NAME|FILE", help=_("Also hold the runbook against this platform's own figures."))
@told
def lint(file: str | None, platform: str | None) -> int:
    from switchdrill.platform.find import find_file

    if file is None and platform is None:
        raise click.UsageError(_("name a runbook or a platform's file"))
    if file is None:
        return _of_platform(find_file(platform or ""))
    if _is_platform(Path(file)):
        if platform is not None:
            raise click.UsageError(_("FILE is a platform already; --platform goes with a runbook"))
        return _of_platform(Path(file))
    return _of_runbook(Path(file), platform)


def _is_platform(file: Path) -> bool:
    from switchdrill import yamlfile

    return any(line.startswith("schema: switchdrill.platform/") for line in yamlfile.read_text(file).splitlines())


def _of_runbook(file: Path, platform: str | None) -> int:
    from switchdrill import yamlfile
    from switchdrill.platform.find import find_file, read_unplaced
    from switchdrill.runbook.lint import arithmetic, told, waiting
    from switchdrill.runbook.lint import lint as complaints_of
    from switchdrill.runbook.model import Runbook

    book = yamlfile.read(file, Runbook)
    for sentence in arithmetic(book):
        say(sentence)
    try:
        against = read_unplaced(platform) if platform else None
    except yamlfile.Unfit:  # it waits for a person's decisions, and what it lacks is told line by line
        return _of_platform(find_file(platform or ""))
    complaints = complaints_of(book, against)
    decisions = waiting(file)
    for line in [*decisions, *(told(complaint, file) for complaint in complaints)]:
        say(line)
    if decisions:
        _say_how_to_decide()
    if not complaints and not decisions:
        click.echo(
            _("fine: every promise of this runbook can be kept, as far as arithmetic goes")
            if platform
            else _(
                "fine: every promise of this runbook can be kept, as far as arithmetic goes; --platform looks further"
            )
        )
    return EXIT_FAIL if complaints or decisions else EXIT_PASS


def _of_platform(file: Path) -> int:
    from switchdrill.platform.gaps import gaps
    from switchdrill.platform.model import Platform

    found = gaps(file)
    for gap in found:
        say(gap.told(file))
    if any(gap.code == "P01" for gap in found):
        _say_how_to_decide()
    if any(gap.code == "P02" for gap in found):
        say(_("{page} explains every key").format(page=Platform.explained_in))
    if any(gap.is_fault for gap in found):
        return EXIT_FAIL
    click.echo(_("fine: nothing is missing of this platform, as far as its file tells"))
    return EXIT_PASS


def _say_how_to_decide() -> None:
    say(_("what is decided loses its comment `# decide: ...`; then look again"))
