"""`switchdrill init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from switchdrill.cli.commands import main
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.errors import EXIT_PASS
from switchdrill.text import _

if TYPE_CHECKING:
    from switchdrill.beginning.choice import Choice
    from switchdrill.beginning.sketch import Sketch


@main.command(
    help=paragraphs(
        _("Begin a drill repository in a new folder."),
        _("A site-loss drill, a runbook, platform.yaml, jobs for GitHub Actions and GitLab. Never overwrites."),
        _("--from-docker writes platform.yaml from the containers that run; it only looks at them."),
        _("Where other things run, too, --project or --name says which containers are the platform."),
    )
)
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--from-docker", "is_from_docker", is_flag=True, help=_("Look at the containers that run."))
@click.option("--docker", "engine", metavar="URL", help=_("At this engine: unix://, ssh:// or tcp://."))
@click.option(
    "--project",
    "projects",
    metavar="NAME",
    multiple=True,
    help=_("Only the containers of this Compose project. It and --name may be given several times."),
)
@click.option(
    "--name",
    "names",
    metavar="NAME",
    multiple=True,
    help=_("Only the container of this name or, where none is called so, those whose names begin so."),
)
@told
def init(
    folder: str, is_from_docker: bool, engine: str | None, projects: tuple[str, ...], names: tuple[str, ...]
) -> int:
    from switchdrill.beginning import repository
    from switchdrill.beginning.choice import Choice
    from switchdrill.beginning.sketch import example
    from switchdrill.beginning.writing import written

    if not is_from_docker and (engine or projects or names):
        raise click.UsageError(_("--docker, --project and --name go with --from-docker"))
    repository.refuse_full(Path(folder))
    sketch, origin = example(), _("A first platform.yaml.")
    if is_from_docker:
        sketch, origin = _looked(engine or "", Choice(projects=projects, names=names))
    for path in repository.write(Path(folder), written(sketch, origin=origin)):
        say(path)
    if len(sketch.groups) > 1:
        say(_("is this one platform? These look like several; name yours, in a new folder:"))
        for group in sketch.groups:
            say(f"  {group.says()}")
    say(_("next:  switchdrill lint {file}").format(file=Path(folder) / "platform.yaml"))
    return EXIT_PASS


def _looked(url: str, choice: Choice) -> tuple[Sketch, str]:
    """The platform that the containers seem to be, and from what it was guessed."""
    from switchdrill.beginning.choice import chosen
    from switchdrill.beginning.drawing import Drawing
    from switchdrill.platform.service import Docker

    endpoint = Docker(engine=url or None).endpoint()
    seen = chosen(endpoint, choice)
    origin = _("From {count} containers of {engine}: guesses, which nobody has looked at yet.")
    sketch = Drawing(seen, engine=url).sketch()
    sketch.groups = choice.doubts(seen)
    return sketch, origin.format(count=len(seen), engine=endpoint.resolved())
