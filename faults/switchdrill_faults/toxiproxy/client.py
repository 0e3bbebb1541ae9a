"""The adapter around toxiproxy-python: its classes, made safe for a drill.

The objects stay the library's (`isinstance` holds, so do its exceptions), and nothing global is changed, so that one
process can speak to several servers. Everything that would reach the library's own transport is overridden.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn, TypeVar
from urllib.parse import quote

import toxiproxy
from pydantic import BaseModel, TypeAdapter, ValidationError
from toxiproxy.toxic import Toxic

from switchdrill.errors import Refused
from switchdrill.text import _
from switchdrill_faults.toxiproxy.proxy import (
    ASKED,
    TOLD_TABLE,
    AskedProxy,
    ToldProxy,
    ToldToxic,
    checked_name,
    same_listen,
)
from switchdrill_faults.toxiproxy.toxic import WantedToxic
from switchdrill_faults.toxiproxy.transport import (
    CHANGE_S,
    CONNECT_S,
    READ_S,
    ApiError,
    NotAsAsked,
    NotFound,
    Transport,
)

Told = TypeVar("Told")


class _Version(BaseModel):
    version: str


class _Populated(BaseModel):
    proxies: list[ToldProxy] | None = None


class Proxy(toxiproxy.Proxy):  # type: ignore[misc]  # the library carries no types
    """One proxy on one server. Its fields are what the server told last."""

    name: str
    listen: str
    upstream: str
    enabled: bool

    def __init__(self, told: ToldProxy, transport: Transport) -> None:
        super().__init__(name=told.name, listen=told.listen, upstream=told.upstream, enabled=told.enabled)
        self._transport = transport
        self._path = f"/proxies/{quote(told.name, safe='')}"

    def enable(self) -> None:
        """Listen again. Raises when the address was taken meanwhile: the library would say that all is well."""
        self._switch(enabled=True)

    def disable(self) -> None:
        """Close the listener and every connection, at once."""
        self._switch(enabled=False)

    @contextmanager
    def down(self) -> Iterator["Proxy"]:
        """Disabled inside the block; enabled again only if it could be disabled."""
        self.disable()
        try:
            yield self
        finally:
            self.enable()

    def destroy(self) -> bool:
        self._transport.ask("DELETE", self._path)
        return True

    def toxics(self) -> dict[str, Toxic]:
        told = _read(TypeAdapter(list[ToldToxic]), self._transport.ask("GET", self._path + "/toxics"), self._path)
        return {each.name: Toxic(**each.model_dump()) for each in told}

    def add_toxic(self, **wanted: object) -> Toxic:
        """Add a toxic and compare what the server made of it; Toxiproxy ignores attributes that it does not know.

        Never while clients stall or abort on this proxy: disable it, wait 0.2 s, add, enable.
        """
        asked = WantedToxic.of(wanted)
        answer = self._transport.ask("POST", self._path + "/toxics", send=asked.model_dump(), within_s=CHANGE_S)
        told = _read(TypeAdapter(ToldToxic), answer, self._path)
        if not asked.is_told_by(told):
            raise NotAsAsked(
                _("the server made another toxic than it was asked for"),
                where=f"{self._transport.base}{self._path}",
                because=_("asked {asked}, told {told}").format(asked=asked.model_dump(), told=told.model_dump()),
                status=200,
            )
        return Toxic(**told.model_dump())

    def destroy_toxic(self, toxic_name: str) -> bool:
        name = quote(checked_name(toxic_name), safe="")
        self._transport.ask("DELETE", f"{self._path}/toxics/{name}", within_s=CHANGE_S)
        return True

    def _switch(self, *, enabled: bool) -> None:
        self._transport.ask("PATCH", self._path, send={"enabled": enabled})
        told = _read(TypeAdapter(ToldProxy), self._transport.ask("GET", self._path), self._path)
        self.enabled, self.listen, self.upstream = told.enabled, told.listen, told.upstream
        if told.enabled != enabled:
            raise NotAsAsked(
                _("proxy {name} did not change").format(name=self.name),
                where=f"{self._transport.base}{self._path}",
                because=_("asked for enabled: {asked}, told {told}").format(asked=enabled, told=told.enabled),
                status=200,
            )


class Server(toxiproxy.Toxiproxy):  # type: ignore[misc]
    """One Toxiproxy server, by the base URL of its API. Not for several threads at once."""

    def __init__(self, url: str, *, connect_s: float = CONNECT_S, read_s: float = READ_S) -> None:
        super().__init__()
        self._transport = Transport(url, connect_s=connect_s, read_s=read_s)
        self.url = self._transport.base

    def version(self) -> str:
        """`2.12.0`, or `git` of a server built from source."""
        return _read(TypeAdapter(_Version), self._transport.ask("GET", "/version"), "/version").version

    def running(self) -> bool:
        """Whether its control plane answers; unlike the library's, a wedged server is not running."""
        try:
            self.table()
        except ApiError:
            return False
        return True

    def table(self) -> dict[str, ToldProxy]:
        """Every proxy with its toxics, as the server tells them."""
        return _read(TOLD_TABLE, self._transport.ask("GET", "/proxies"), "/proxies")

    def proxies(self) -> dict[str, Proxy]:
        return {name: Proxy(told, self._transport) for name, told in self.table().items()}

    def get_proxy(self, proxy_name: str) -> Proxy | None:
        path = f"/proxies/{quote(checked_name(proxy_name), safe='')}"
        try:
            told = _read(TypeAdapter(ToldProxy), self._transport.ask("GET", path), path)
        except NotFound:
            return None
        return Proxy(told, self._transport)

    def create(self, upstream: str, name: str, listen: str = "127.0.0.1:0", enabled: bool = True) -> Proxy:
        """One new proxy; the library's signature."""
        send = {"name": checked_name(name), "listen": listen, "upstream": upstream, "enabled": enabled}
        told = _read(TypeAdapter(ToldProxy), self._transport.ask("POST", "/proxies", send=send), "/proxies")
        if (told.name, told.upstream, told.enabled) != (name, upstream, enabled) or not same_listen(
            listen, told.listen
        ):
            raise NotAsAsked(
                _("the server made another proxy than it was asked for"),
                where=f"{self.url}/proxies",
                because=_("asked {asked}, told {told}").format(asked=send, told=told.model_dump()),
                status=201,
            )
        return Proxy(told, self._transport)

    def populate(self, proxies: Sequence[AskedProxy]) -> list[Proxy]:
        """Make all of them in one request; the ones before the first that fails stay. Check with `table` afterwards."""
        for proxy in proxies:
            checked_name(proxy.name)
        answer = self._transport.ask("POST", "/populate", send=ASKED.dump_python(list(proxies)))
        told = _read(TypeAdapter(_Populated), answer, "/populate").proxies or []
        return [Proxy(each, self._transport) for each in told]

    def destroy(self, proxy: Proxy) -> bool:
        return proxy.destroy()

    def destroy_all(self) -> NoReturn:
        raise self._refusal()

    def reset(self) -> NoReturn:
        raise self._refusal()

    def update_api_consumer(self, host: str, port: int) -> NoReturn:
        raise Refused(
            _("a Toxiproxy client belongs to one server"),
            where=self.url,
            now=_("make another: Server({url!r})").format(url=f"http://{host}:{port}"),
        )

    def close(self) -> None:
        self._transport.close()

    def _refusal(self) -> Refused:
        return Refused(
            _("a whole Toxiproxy server is never reset or emptied: others may use it"),
            where=self.url,
            now=_("destroy your own proxies, one by one"),
        )


def _read(model: TypeAdapter[Told], answer: object, path: str) -> Told:
    try:
        return model.validate_python(answer)
    except ValidationError as problem:
        raise NotAsAsked(
            _("this is not how a Toxiproxy server answers"),
            where=path,
            because=f"{problem.errors()[0]['msg']}: {'.'.join(str(step) for step in problem.errors()[0]['loc'])}",
        ) from problem
