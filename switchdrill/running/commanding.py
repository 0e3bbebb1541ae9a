"""The platform's own commands: run with a limit, and recorded."""

from switchdrill.clock import now_ns
from switchdrill.machine.command import Ran, run
from switchdrill.record.entries import Commanded
from switchdrill.record.journal import Journal


def command(name: str, argv: list[str], journal: Journal, *, within_s: float) -> Ran:
    """Run one of the platform's own commands, bounded, and record when it ran and what it said."""
    before_ns = now_ns()
    try:
        ran = run(argv, limit_s=within_s)
    except OSError as problem:
        ran = Ran(code=127, said=str(problem))
    journal.write(
        Commanded(
            t_ns=now_ns(),
            command=name,
            argv=argv,
            before_ns=before_ns,
            after_ns=now_ns(),
            code=ran.code,
            said=ran.last_words,
        )
    )
    return ran
