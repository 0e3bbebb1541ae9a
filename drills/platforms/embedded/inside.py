"""One question to a program of a site, on a way that no link carries: its answer, or that nothing of it listens."""

from wiring import inside

from switchdrill.platform.asking import CommandFailed, Reply, ask
from switchdrill.platform.disordering import Where


def asked(where: Where, program: str, method: str, path: str, told: object = None) -> Reply | None:
    """None: the program has ended. CommandFailed when it hangs."""
    host, port = inside(where.platform, f"{where.site}.{program}--viewers")
    try:
        return ask(f"{host}:{port}", method, path, told)
    except CommandFailed as problem:
        if isinstance(problem.__cause__, ConnectionRefusedError):
            return None
        raise
