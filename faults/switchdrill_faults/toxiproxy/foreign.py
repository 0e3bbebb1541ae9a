"""Somebody else's Toxiproxy server: a site's proxies on it carry our prefix, and nothing else there is touched."""

import secrets
from contextlib import closing
from pathlib import Path

from switchdrill.carrier import CarrierRecord
from switchdrill.errors import CouldNotHeal, CouldNotStart
from switchdrill.text import _
from switchdrill_faults.toxiproxy import records
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.proxy import AskedProxy, differences
from switchdrill_faults.toxiproxy.rung import one_line
from switchdrill_faults.toxiproxy.table import not_accepting, populate
from switchdrill_faults.toxiproxy.transport import ApiError, NotFound, NotThere

_PATIENCE_S = 5.0


def new_prefix() -> str:
    """No other proxy on any server begins with this."""
    return f"switchdrill-{secrets.token_hex(4)}-"


def start(path: Path, *, site: str, url: str, prefix: str) -> CarrierRecord:
    """Make the proxies that stand beside the record at `path`; the record is written first, so that they are found."""
    record = CarrierRecord(site=site, api=url, owned="foreign", prefix=prefix, proxies=str(records.proxies_path(path)))
    records.write(path, record)
    populate(url, _ours(record), prefix=prefix)
    return record


def disable(record: CarrierRecord) -> None:
    """Close our proxies of this site, one after the other; CouldNotStart when one can't be closed."""
    with closing(Server(record.api, read_s=_PATIENCE_S)) as server:
        try:
            proxies = server.proxies()
            for asked in _ours(record):
                proxies[asked.name].disable()
        except (ApiError, KeyError) as problem:
            raise CouldNotStart(
                _("the proxies of site {site} can't be disabled").format(site=record.site),
                where=record.api,
                because=one_line(problem),
            ) from problem


def mend(record: CarrierRecord) -> None:
    """Bring our proxies of this site back to how they were made; raises ApiError or CouldNotStart."""
    missing: list[AskedProxy] = []
    with closing(Server(record.api, read_s=_PATIENCE_S)) as server:
        proxies = server.proxies()
        for asked in _ours(record):
            proxy = proxies.get(asked.name)
            if proxy is None:
                missing.append(asked)
                continue
            for toxic in proxy.toxics():
                proxy.destroy_toxic(toxic)
            if not proxy.enabled:
                proxy.enable()
    if missing:  # the server was started again since
        populate(record.api, missing, prefix=record.prefix)


def what_is_wrong(record: CarrierRecord) -> list[str]:
    """Why our proxies on it do not carry the site as they should, one line each; empty: whole."""
    asked = _ours(record)
    try:
        with closing(Server(record.api, read_s=_PATIENCE_S)) as server:
            wrong = differences(asked, server.table(), prefix=record.prefix)
    except ApiError as problem:
        return [one_line(problem)]
    return wrong or not_accepting(asked)


def is_alive(record: CarrierRecord) -> bool:
    """Whether it answers and still has our proxies, enabled or not."""
    try:
        with closing(Server(record.api, read_s=2.0)) as server:
            told = server.table()
    except ApiError:
        return False
    return all(asked.name in told for asked in _ours(record))


def remove(record: CarrierRecord) -> None:
    """Delete our proxies of this site. CouldNotHeal when the server does not answer; fine when it is gone."""
    with closing(Server(record.api, read_s=_PATIENCE_S)) as server:
        try:
            proxies = server.proxies()
            for name in [name for name in proxies if name in {asked.name for asked in _ours(record)}]:
                try:
                    proxies[name].destroy()
                except NotFound:  # somebody else was quicker
                    pass
        except NotThere:  # and its proxies with it: Toxiproxy keeps nothing on disk
            pass
        except ApiError as problem:
            raise CouldNotHeal(
                _("our proxies can't be removed from a Toxiproxy server"),
                where=f"{record.api}, {record.prefix}*",
                because=one_line(problem),
                now=_("delete them there by hand, or restart that server"),
            ) from problem


def _ours(record: CarrierRecord) -> list[AskedProxy]:
    """Only what begins with the record's prefix: a file that was changed can't lead us to others' proxies."""
    asked = records.read_proxies(Path(record.proxies))
    return [proxy for proxy in asked if record.prefix and proxy.name.startswith(record.prefix)]
