"""What the prober tells the runner on its stdout, one JSON object a line."""

from pydantic import BaseModel, ConfigDict, ValidationError

from switchdrill.record.samples import Sample


class Line(BaseModel):
    """Either a finished sample, or the word that all is ready, or how many lines were dropped so far."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    target: str = ""
    sample: tuple[int, int, int, int, int, int, int, int, int, int] | None = None
    """In the order of a record."""
    ready: bool = False
    dropped: int | None = None
    """Lines that found no room since the start; the samples on disk have them all."""


READY = b'{"ready":true}\n'


def sample_line(target: str, sample: Sample) -> bytes:
    # Target names are letters, digits, '.', '_' and '-': nothing to escape.
    return (
        f'{{"target":"{target}","sample":[{sample.slot},{sample.planned_ns},{sample.sent_ns},{sample.ended_ns},'
        f"{sample.outcome},{sample.site},{sample.v0},{sample.v1},{sample.v2},{sample.v3}]}}\n"
    ).encode()


def dropped_line(dropped: int) -> bytes:
    return f'{{"dropped":{dropped}}}\n'.encode()


def read_line(raw: bytes) -> Line | None:
    """None for a torn line: its writer died in the middle of it."""
    try:
        return Line.model_validate_json(raw)
    except ValidationError:
        return None
