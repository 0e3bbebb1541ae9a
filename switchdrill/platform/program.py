"""A platform's program as it was started, on disk: what starts it again, exactly so, and which process it is now.

`<state>/programs/<service>.json`, readable by its owner only, since an environment may hold secrets: no
undo repeats it. It is there from the program's start until the platform is stopped: without it nothing is started.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from switchdrill.machine.files import write_whole
from switchdrill.machine.held import held
from switchdrill.machine.process import SERVICE, ProcessName, is_running, owned_by, start_detached

_LOCK_S = 60.0


class Program(BaseModel):
    """One service that is a program of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    argv: list[str]
    env: dict[str, str]
    cwd: str
    log: str
    process: ProcessName | None = None
    """None: it is just being started."""


def path_of(state: Path, service: str) -> Path:
    return state / "programs" / f"{service}.json"


def state_of(record: Path) -> Path:
    return record.parent.parent


def read(record: Path) -> Program | None:
    """None when the platform was stopped, or never started."""
    try:
        return Program.model_validate_json(record.read_bytes())
    except (OSError, ValidationError):
        return None


def start(program: Program, record: Path, *, more: Mapping[str, str] | None = None) -> ProcessName:
    """Start it, and write down which process it is; `more` is added to its environment this once. OSError.

    Killed between the two, the process has its marks, and the record tells the one before: healing finds both.
    """
    record.parent.mkdir(parents=True, exist_ok=True)
    process = start_detached(
        program.argv,
        log=Path(program.log),
        owner=state_of(record),
        cwd=Path(program.cwd),
        env={**program.env, **(more or {}), SERVICE: program.service},
    )
    write_whole(record, program.model_copy(update={"process": process}).model_dump_json(indent=1).encode() + b"\n")
    return process


def processes_of(record: Path, service: str) -> list[ProcessName]:
    """Every process of it, its children too."""
    return owned_by(state_of(record), service=service)


def is_running_again(record: Path) -> bool:
    """Whether the process that the record names now lives."""
    program = read(record)
    return program is not None and program.process is not None and is_running(program.process)


@contextmanager
def alone(record: Path) -> Iterator[None]:
    """Nobody else starts it, or stops the platform. DeadlinePassed; FileNotFoundError when the platform is gone."""
    with held(record.with_suffix(".lock"), within_s=_LOCK_S):
        yield


def forget_all(state: Path) -> None:
    """From here on nobody starts any of them again."""
    for record in sorted((state / "programs").glob("*.json")):
        with alone(record):
            record.unlink(missing_ok=True)
