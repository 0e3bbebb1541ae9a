"""An engine behind `ssh://`: HTTP through the user's own `ssh`, with its keys, hosts and jumps from ~/.ssh/config.

The SDK's own way wants paramiko, which reads only half of that file, or leaves processes and pipes behind that no
time-out reaches. Here each connection is a socket whose other end is `ssh HOST docker system dial-stdio`.
"""

import http.client
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from typing import IO
from urllib.parse import urlsplit

import requests.adapters
from requests.models import PreparedRequest
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.response import HTTPResponse

CONNECTIONS = 4
"""At the same time: an SSH server turns away the eleventh that has not logged in yet."""
_CONNECT_S = 8
_ENDS_WITHIN_S = 2.0
_SAID_BYTES = 600


class SshAdapter(requests.adapters.HTTPAdapter):
    """Every request goes to the engine of `url`, whatever host it names."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        super().__init__()
        self._pool = _Pool(argv_for(url), timeout_s)

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,  # noqa: ARG002 - there is one place to go to
        verify: object,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
        cert: object = None,  # noqa: ARG002
    ) -> HTTPConnectionPool:
        return self._pool

    def request_url(self, request: PreparedRequest, proxies: Mapping[str, str] | None) -> str:  # noqa: ARG002
        return request.path_url

    def close(self) -> None:
        self._pool.close()
        super().close()


def argv_for(url: str) -> list[str]:
    """Asks nothing of anybody: what needs a password fails, at once."""
    parts = urlsplit(url)
    user = ["-l", parts.username] if parts.username else []
    port = ["-p", str(parts.port)] if parts.port else []
    options = ["-o", "BatchMode=yes", "-o", f"ConnectTimeout={_CONNECT_S}"]
    return ["ssh", "-T", *options, *user, *port, "--", parts.hostname or "", "docker system dial-stdio"]


class _Pool(HTTPConnectionPool):
    def __init__(self, argv: list[str], timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s, maxsize=CONNECTIONS, block=True)
        self._argv = argv
        self._timeout_s = timeout_s

    def _new_conn(self) -> "_Connection":
        return _Connection(self._argv, self._timeout_s)


class _Connection(HTTPConnection):
    """One `ssh`, for as long as the connection is open."""

    def __init__(self, argv: list[str], timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._argv = argv
        self._ssh: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._is_asking = False
        self._last_words = ""

    def connect(self) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the connection
        ours, its = socket.socketpair()
        try:
            # In a session of its own: a Ctrl-C at the terminal ends the drill, not its way home.
            self._ssh = subprocess.Popen(
                self._argv, stdin=its.fileno(), stdout=its.fileno(), stderr=self._errors, start_new_session=True
            )
        except OSError:
            ours.close()
            raise
        finally:
            its.close()
        ours.settimeout(self.timeout if isinstance(self.timeout, int | float) else None)
        self.sock = ours

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        """What ssh said is why there is no answer."""
        self._is_asking = True
        try:
            return super().getresponse()
        except (http.client.RemoteDisconnected, ConnectionError) as problem:
            self.close()
            if self._last_words:
                raise ConnectionError(self._last_words) from problem
            raise
        finally:
            self._is_asking = False

    def close(self) -> None:
        """The library calls it as soon as something goes wrong, so here is where ssh is asked why."""
        super().close()
        ssh, errors = self._ssh, self._errors
        self._ssh = self._errors = None
        if ssh is None or errors is None:
            return
        if not self._is_asking:
            ssh.terminate()
        try:
            ssh.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            ssh.kill()
            ssh.wait()
        with errors:
            errors.seek(0)
            said = errors.read(_SAID_BYTES).decode("utf-8", errors="replace")
            self._last_words = " / ".join(line.strip() for line in said.splitlines() if line.strip())
