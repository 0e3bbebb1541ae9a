"""`switchdrill heal`."""

import os
from pathlib import Path

import click

from switchdrill.cli.commands import main
from switchdrill.cli.run_folder import folder_of
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.errors import EXIT_NOT_HEALED, Refused
from switchdrill.text import _


@main.command(
    help=paragraphs(
        _("Play every undo that is still open."), _("Works when the tool that broke it is dead; may be repeated.")
    )
)
@click.argument("run_folder", required=False, metavar="[RUN]")
@click.option("--all", "everything", is_flag=True, help=_("Every run that was not closed."))
@click.option("--forget", "is_forgotten", is_flag=True, help=_("Heal nothing, and look for this run no more."))
@click.option("--runs", metavar="DIR", default="runs", show_default=True)
@told
def heal(run_folder: str | None, everything: bool, is_forgotten: bool, runs: str) -> int:
    from switchdrill.healing.by_hand import forget_run, heal_all, heal_run, pointed

    if not run_folder and not everything:
        raise click.UsageError(_("name a run, or say --all"))
    if everything and is_forgotten:
        raise click.UsageError(_("name the run that is to be forgotten"))
    if everything:
        played = heal_all(Path(runs))
    else:
        folder = pointed(run_folder or "") or _own(folder_of(run_folder or "", runs))
        played = forget_run(folder) if is_forgotten else heal_run(folder)
    for line in played.lines:
        say(line)
    return EXIT_NOT_HEALED if played.still_broken else 0


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
