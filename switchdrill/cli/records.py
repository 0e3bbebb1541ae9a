"""`switchdrill judge` and `switchdrill report`: what was recorded, once more."""

import click

from switchdrill.cli.commands import main
from switchdrill.cli.run_folder import folder_of
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.errors import EXIT_FAIL, EXIT_INCONCLUSIVE, BadInput
from switchdrill.text import LANGUAGES, _


@main.command(help=paragraphs(_("Judge a recorded run again, from its raw evidence."), _("The same bytes every time.")))
@click.argument("run_folder", metavar="RUN")
@click.option("--runs", metavar="DIR", default="runs", show_default=True)
@told
def judge(run_folder: str, runs: str) -> int:
    from switchdrill import judging

    judged = judging.judge().judge(folder_of(run_folder, runs))
    click.echo(judged.summary)
    return {"PASS": 0, "PASS_WITH_DEVIATIONS": 0, "FAIL": EXIT_FAIL}.get(judged.verdict or "", EXIT_INCONCLUSIVE)


@main.command(help=_("Render a judged run again."))
@click.argument("run_folder", metavar="RUN")
@click.option("--lang", default=",".join(LANGUAGES), show_default=True, help=_("Languages, with commas."))
@click.option("--runs", metavar="DIR", default="runs", show_default=True)
@told
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
    for path in judging.judge().render(folder_of(run_folder, runs), languages):
        say(path)
    return 0
