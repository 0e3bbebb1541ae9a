"""HTTP from the host to a part of the platform: one request, a limit, and JSON back."""

import http.client
import json
from dataclasses import dataclass
from typing import cast

from switchdrill.errors import EXIT_FAIL, SwitchdrillError
from switchdrill.platform.address import split_endpoint


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
            raise CommandFailed("an answer that can't be understood", because=self.text()) from problem
        if not isinstance(told, dict):
            raise CommandFailed("an answer that can't be understood", because=self.text())
        return cast("dict[str, object]", told)

    def text(self) -> str:
        return f"{self.status} {self.body[:300].decode(errors='replace')}"


def ask(place: str, method: str, path: str, told: object = None, *, within_s: float = 2.0) -> Reply:
    """CommandFailed when `place` (ADDRESS:PORT) does not answer in time."""
    host, port = split_endpoint(place)
    connection = http.client.HTTPConnection(host, port, timeout=within_s)
    try:
        connection.request(method, path, body=None if told is None else json.dumps(told))
        response = connection.getresponse()
        return Reply(status=response.status, body=response.read())
    except (OSError, http.client.HTTPException) as problem:
        reason = f"{method} http://{place}{path}: {type(problem).__name__} {problem}"
        raise CommandFailed("a part of the platform does not answer", because=reason) from problem
    finally:
        connection.close()


def inside(told: object, *names: str) -> object:
    """What stands in nested JSON objects under `names`; None when it does not."""
    for name in names:
        told = told.get(name) if isinstance(told, dict) else None
    return told
