"""One Docker engine: every call bounded in time, every error in our words.

`docker ps` answering is no proof of health: an engine may hang in everything that touches containers. So every call has
a limit, and one that ran over it may still happen later: `StateUnknown`. Containers are removed one by one: a dozen
`rm -f` at once locked an engine up for good.
"""

import contextlib
import io
import tarfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeVar

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from switchdrill.containers.connection import CALL_S, connect, no_engine
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.found import Found, read_found
from switchdrill.containers.network import Network, read_network
from switchdrill.errors import SwitchdrillError
from switchdrill.text import _

Answer = TypeVar("Answer")
SLOW_S = 30.0
"""For starting and stopping."""


class EngineError(SwitchdrillError):
    """The engine did not do what was asked."""


class NoSuchContainer(EngineError):
    """It is not there."""


class StateUnknown(EngineError):
    """No answer in time, or the connection was lost: what was asked may still happen."""


class Engine:
    """One engine. May be used by several threads: the SDK's session holds a pool."""

    def __init__(self, endpoint: Endpoint) -> None:
        """NoEngine when it does not answer."""
        self.endpoint = endpoint
        self._removing = threading.Lock()
        self._client = _within(CALL_S * 2, endpoint, "connect", lambda: connect(endpoint))

    def close(self) -> None:
        with contextlib.suppress(OSError, DockerException):
            self._client.close()

    # What is there

    def version(self) -> str:
        return str(self._ask("version", lambda: self._client.version()["Version"]))

    def find(self, name: str, *, or_id: str = "") -> Found | None:
        """The container of this name or id, else of `or_id`, which it keeps when somebody renames it; None when there
        is none.
        """
        try:
            return self._ask(f"inspect {name}", lambda: read_found(self._client.api.inspect_container(name)))
        except NoSuchContainer:
            return self.find(or_id) if or_id else None

    def get(self, name: str) -> Found:
        """NoSuchContainer when there is none."""
        return self._ask(f"inspect {name}", lambda: read_found(self._client.api.inspect_container(name)))

    def every(self, *labels: str, is_running: bool = False) -> list[Found]:
        """All containers that carry every one of `labels` (`key` or `key=value`), by name; stopped ones, too, unless
        `is_running`. One that goes away meanwhile is left out.
        """
        listed = self._ask(
            "list containers",
            lambda: self._client.api.containers(
                all=not is_running, filters={"label": list(labels)} if labels else None
            ),
        )
        found = [self.find(str(each["Id"])) for each in listed]
        return sorted((each for each in found if each is not None), key=lambda each: each.name)

    def states(self, *, within_s: float = CALL_S) -> dict[str, str]:
        """What every container is doing, by name, in one question."""
        listed = self._ask("list containers", lambda: self._client.api.containers(all=True), within_s=within_s)
        return {str(name).removeprefix("/"): str(each["State"]) for each in listed for name in each["Names"]}

    def image_id(self, name: str) -> str:
        """`sha256:...`; empty when there is no such image."""

        def look() -> str:
            try:
                return str(self._client.images.get(name).id)
            except ImageNotFound:
                return ""

        return self._ask(f"inspect image {name}", look)

    def images_labelled(self, label: str) -> list[str]:
        """Ids of the images that carry `label`, the newest first."""
        listed = self._ask("list images", lambda: self._client.api.images(filters={"label": [label]}))
        return [str(each["Id"]) for each in sorted(listed, key=lambda each: -int(each.get("Created", 0)))]

    def has_file(self, name: str, path: str) -> bool:
        """Whether the container's own file system has it; it need not run."""

        def look() -> bool:
            try:
                stream, _stat = self._client.api.get_archive(name, path)
            except NotFound as problem:
                if "o such container" in str(problem.explanation):
                    raise
                return False
            stream.close()
            return True

        return self._ask(f"look for {path} in {name}", look)

    def network(self, name: str) -> Network:
        """EngineError when there is none."""
        return self._ask(f"inspect network {name}", lambda: read_network(self._client.api.inspect_network(name)))

    def log(self, name: str, *, lines: int = 6) -> str:
        """The end of what it printed."""
        return self._ask(
            f"logs {name}",
            lambda: bytes(self._client.api.logs(name, tail=lines)).decode("utf-8", errors="replace").strip(),
        )

    # What is done to one

    def pause(self, name: str) -> None:
        """Freeze all its processes at once: it connects and is silent. Fine when it is paused already."""
        self._do("pause", name, lambda: self._client.api.pause(name), fine=(409,))

    def unpause(self, name: str) -> None:
        self._do("unpause", name, lambda: self._client.api.unpause(name), fine=(409, 500))

    def kill(self, name: str, *, signal: str = "KILL") -> None:
        """Fine when it does not run; works on a paused one."""
        self._do("kill", name, lambda: self._client.api.kill(name, signal=signal), fine=(409,))

    def stop(self, name: str, *, grace_s: int = 10) -> None:
        """SIGTERM (or its own stop signal), SIGKILL after `grace_s`. Fine when it does not run."""
        self._do("stop", name, lambda: self._client.api.stop(name, timeout=grace_s), within_s=grace_s + SLOW_S)

    def start(self, name: str) -> None:
        """Fine when it runs."""
        self._do("start", name, lambda: self._client.api.start(name), within_s=SLOW_S)

    def restart(self, name: str, *, grace_s: int = 1) -> None:
        self._do("restart", name, lambda: self._client.api.restart(name, timeout=grace_s), within_s=grace_s + SLOW_S)

    def remove(self, name: str) -> None:
        """With its anonymous volumes; fine when it is gone. It should not run any more."""
        with contextlib.suppress(NoSuchContainer):
            self._do("remove", name, lambda: self._client.api.remove_container(name, v=True, force=True),
                     within_s=SLOW_S, fine=(409,))  # fmt: skip

    def detach(self, network: str, name: str) -> None:
        """Take it out of a network; fine when it is not in it."""
        self._do(
            f"disconnect {network}",
            name,
            lambda: self._client.api.disconnect_container_from_network(name, network, force=True),
            fine=(403, 500),
        )

    def attach(self, network: str, name: str, *, address: str, aliases: Sequence[str]) -> None:
        """Put it into a network, at this address (empty: any) and under these names."""
        self._do(
            f"connect {network}",
            name,
            lambda: self._client.api.connect_container_to_network(
                name, network, ipv4_address=address or None, aliases=list(aliases)
            ),
        )

    def helper(
        self,
        image: str,
        argv: Sequence[str],
        *,
        beside: str,
        shares: Literal["network", "pid"],
        capabilities: Sequence[str],
        labels: Mapping[str, str],
        within_s: float = CALL_S,
    ) -> "Helped":
        """Run one command in that namespace of container `beside`, in a container that is gone afterwards.

        NoSuchContainer when that container is not there; EngineError when it does not run, or when the namespace is not
        its own: what is done in its machine's would be done to the whole machine.
        """
        found = self.get(beside)
        if not (found.owns_network if shares == "network" else found.owns_processes):
            raise EngineError(
                _("container {name} shares its namespace with others, so nothing is run in it").format(name=found.name),
                where=f"{shares}, {self.endpoint.resolved()}",
            )
        api, space = self._client.api, f"container:{beside}"
        made = self._ask(
            f"create helper for {beside}",
            lambda: api.create_container(
                image,
                list(argv),
                entrypoint=[],
                user="0:0",
                labels=dict(labels),
                host_config=api.create_host_config(
                    network_mode=space if shares == "network" else "none",
                    pid_mode=space if shares == "pid" else None,
                    cap_add=list(capabilities),
                    cap_drop=["ALL"],
                ),
            ),
        )["Id"]
        try:
            self._do("start", str(made), lambda: api.start(made), within_s=SLOW_S)
            code = int(
                self._ask("wait", lambda: api.wait(made, timeout=int(within_s) + 1)["StatusCode"], within_s=within_s)
            )
            said = self._ask("logs", lambda: bytes(api.logs(made)).decode("utf-8", errors="replace"))
        finally:
            with self._removing:
                self.remove(str(made))
        return Helped(code, said)

    def execute(self, name: str, argv: Sequence[str], *, user: str = "0:0", within_s: float = CALL_S) -> "Helped":
        """Run a program of a running container in it, as its root, or as `user` (empty: the one that it runs as).

        One that it lacks ends with 126 or 127; EngineError when the container does not run.
        """
        api = self._client.api
        made = self._ask(f"exec {name}", lambda: api.exec_create(name, list(argv), user=user))["Id"]
        said = self._ask(f"exec {name}", lambda: bytes(api.exec_start(made)), within_s=within_s)
        code = self._ask(f"exec {name}", lambda: api.exec_inspect(made)["ExitCode"])
        return Helped(int(code), said.decode("utf-8", errors="replace").strip())

    def read_file(self, name: str, path: str) -> "Held | None":
        """A file of the container's own file system; it need not run. None when there is none."""

        def look() -> Held | None:
            try:
                stream, _stat = self._client.api.get_archive(name, path)
            except NotFound as problem:
                if "o such container" in str(problem.explanation):
                    raise
                return None
            with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
                member = tar.next()
                content = tar.extractfile(member) if member is not None and member.isfile() else None
                if member is None or content is None:
                    return None
                return Held(content.read(), member.mode, member.uid, member.gid)

        return self._ask(f"read {path} in {name}", look)

    def write_file(self, name: str, path: str, held: "Held") -> None:
        """Whole, or not at all as far as the engine does so; its folder must be there."""
        folder, _slash, last = path.rpartition("/")
        entry = tarfile.TarInfo(last)
        entry.size, entry.mode, entry.uid, entry.gid = len(held.content), held.mode, held.uid, held.gid
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            tar.addfile(entry, io.BytesIO(held.content))
        self._ask(
            f"write {path} in {name}",
            lambda: self._client.api.put_archive(name, folder or "/", packed.getvalue()),
        )

    def use(self, what: str, call: Callable[[docker.DockerClient], Answer], *, within_s: float = CALL_S) -> Answer:
        """Any other call of the SDK, with our limits and errors: for building up and tearing down platforms."""
        return self._ask(what, lambda: call(self._client), within_s=within_s)

    def _do(
        self,
        verb: str,
        name: str,
        call: Callable[[], object],
        *,
        within_s: float = CALL_S,
        fine: Sequence[int] = (),
    ) -> None:
        """`fine`: statuses that say that it is so already."""

        def tolerant() -> None:
            try:
                call()
            except APIError as problem:
                if problem.status_code not in fine:
                    raise

        self._ask(f"{verb} {name}", tolerant, within_s=within_s)

    def _ask(self, what: str, call: Callable[[], Answer], *, within_s: float = CALL_S) -> Answer:
        return _within(within_s, self.endpoint, what, call)


@dataclass(frozen=True, slots=True)
class Helped:
    """What a helper container said."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Held:
    """A file of a container."""

    content: bytes
    mode: int
    uid: int
    gid: int


@cache
def reach(endpoint: Endpoint) -> Engine:
    """The engine there, connected to once a process. NoEngine when it does not answer."""
    return Engine(endpoint)


def _within(limit_s: float, endpoint: Endpoint, what: str, call: Callable[[], Answer]) -> Answer:
    """`call`, in a thread that is left behind when it does not come back: over ssh no time-out of the SDK's holds."""
    answers: list[Answer] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(call())
        except BaseException as problem:  # handed over to the caller's thread, whatever it is
            problems.append(problem)

    thread = threading.Thread(target=work, name=f"docker {what}", daemon=True)
    thread.start()
    thread.join(limit_s)
    where = f"docker {what}, {endpoint.resolved()}"
    if problems:
        raise _told(problems[0], where, endpoint) from problems[0]
    if answers:
        return answers[0]
    raise StateUnknown(
        _("the Docker engine did not answer within {seconds:g} s").format(seconds=limit_s),
        where=where,
        now=_("if `docker inspect` hangs, too, the engine is locked up: kill dockerd and start it again"),
    )


def _told(problem: BaseException, where: str, endpoint: Endpoint) -> BaseException:
    if isinstance(problem, SwitchdrillError):
        return problem
    if isinstance(problem, NotFound):
        kind: type[EngineError] = NoSuchContainer if "o such container" in str(problem.explanation) else EngineError
        return kind(_("Docker does not know it"), where=where, because=str(problem.explanation))
    if isinstance(problem, APIError):
        return EngineError(
            _("Docker answered {status}").format(status=problem.status_code),
            where=where,
            because=str(problem.explanation or problem),
        )
    if isinstance(problem, requests.exceptions.ReadTimeout):
        return StateUnknown(_("the Docker engine did not answer in time"), where=where, because=str(problem))
    if isinstance(problem, requests.exceptions.RequestException | DockerException | OSError):
        return no_engine(endpoint, str(problem))
    return problem
