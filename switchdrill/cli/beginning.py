"""`switchdrill init`."""

from pathlib import Path

import click

from switchdrill.cli.commands import main
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.errors import EXIT_PASS
from switchdrill.text import _


@main.command(
    help=paragraphs(
        _("Begin a drill repository in a new folder."),
        _("A site-loss drill, a runbook, platform.yaml, jobs for GitHub Actions and GitLab. Never overwrites."),
        _("--from-docker writes platform.yaml from the containers that run; it only looks at them."),
    )
)
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--from-docker", "is_from_docker", is_flag=True, help=_("Look at the containers that run."))
@click.option("--docker", "engine", metavar="URL", help=_("At this engine: unix://, ssh:// or tcp://."))
@click.option("--project", metavar="NAME", help=_("Only the containers of this Compose project."))
@told
def init(folder: str, is_from_docker: bool, engine: str | None, project: str | None) -> int:
    from switchdrill.beginning import repository
    from switchdrill.beginning.sketch import example
    from switchdrill.beginning.writing import written

    if not is_from_docker and (engine or project):
        raise click.UsageError(_("--docker and --project go with --from-docker"))
    repository.refuse_full(Path(folder))
    text = _looked(engine or "", project) if is_from_docker else written(example(), origin=_("A first platform.yaml."))
    for path in repository.write(Path(folder), text):
        say(path)
    say(_("next:  switchdrill lint {file}").format(file=Path(folder) / "platform.yaml"))
    return EXIT_PASS


def _looked(url: str, project: str | None) -> str:
    from switchdrill.beginning.drawing import Drawing
    from switchdrill.beginning.seen import look
    from switchdrill.beginning.writing import written
    from switchdrill.platform.service import Docker

    endpoint = Docker(engine=url or None).endpoint()
    seen = look(endpoint, project)
    origin = _("From {count} containers of {engine}: guesses, which nobody has looked at yet.")
    return written(
        Drawing(seen, engine=url).sketch(), origin=origin.format(count=len(seen), engine=endpoint.resolved())
    )
