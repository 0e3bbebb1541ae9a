"""One HTTP question to a part of a platform, from its own commands: a limit, a whole answer, and a clear failure."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

from switchdrill.clock import wait_until
from switchdrill.errors import EXIT_FAIL, SwitchdrillError
from switchdrill.platform.address import Endpoint, split_endpoint
from switchdrill.text import _

AGAIN_S = 0.2
MOST_SHOWN = 300
Answer = TypeVar("Answer", bound=BaseModel)


class CommandFailed(SwitchdrillError):
    """It could not be done, or could not be proven."""

    exit_code = EXIT_FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    body: bytes

    def told(self) -> dict[str, object]:
        """The JSON object in it; CommandFailed when there is none."""
        try:
            told = json.loads(self.body)
        except ValueError as problem:
            raise self._unclear() from problem
        if not isinstance(told, dict):
            raise self._unclear()
        return cast("dict[str, object]", told)

    def read(self, model: type[Answer]) -> Answer:
        """The JSON in it, as `model`; CommandFailed when it is something else."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError as problem:
            raise self._unclear() from problem

    def text(self) -> str:
        return f"{self.status} {self.body[:MOST_SHOWN].decode(errors='replace')}"

    def _unclear(self) -> CommandFailed:
        return CommandFailed(_("an answer that can't be understood"), because=self.text())


def ask(place: Endpoint, method: str, path: str, told: object = None, *, within_s: float = 2.0) -> Reply:
    """`told` goes along as JSON. CommandFailed when `place` does not answer in time."""
    host, port = split_endpoint(place)
    connection = http.client.HTTPConnection(host, port, timeout=within_s)
    try:
        connection.request(method, path, body=None if told is None else json.dumps(told))
        response = connection.getresponse()
        return Reply(status=response.status, body=response.read())
    except (OSError, http.client.HTTPException) as problem:
        reason = f"{method} http://{place}{path}: {type(problem).__name__} {problem}"
        raise CommandFailed(_("a part of the platform does not answer"), because=reason) from problem
    finally:
        connection.close()


def until_done(action: Callable[[], str], *, within_s: float, what: str) -> str:
    """Do it again until it does not fail, and say what it says; DeadlinePassed with the last CommandFailed."""
    failed = [""]

    def done() -> list[str]:
        try:
            return [action()]
        except CommandFailed as problem:
            failed[0] = problem.because or problem.what
            return []

    (said,) = wait_until(done, within_s=within_s, every_s=AGAIN_S, what=what, saw=lambda: failed[0])
    return said
