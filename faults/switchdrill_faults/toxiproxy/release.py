"""The rung that downloads the official release: one static file, checked against a pinned sha256."""

import hashlib
import os
import platform
from pathlib import Path

import requests

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.text import _
from switchdrill_faults.toxiproxy.rung import VERSION, RungFailed, Say, one_line

MIRROR = "SWITCHDRILL_TOXIPROXY_MIRROR"
"""Another address to take the same files from; the pinned sums still hold."""

_HOME = f"https://github.com/Shopify/toxiproxy/releases/download/v{VERSION}"
_SUMS = {
    # As in Shopify's own Homebrew formula for 2.12.0.
    ("Linux", "x86_64"): ("linux-amd64", "556d891134a3c582dc1e1a3f7335fd55142e5965769855a00b944e13e48302fc"),
    ("Linux", "aarch64"): ("linux-arm64", "53e770c1c3035b5a9f1bc629fce537db1f95f62b26f4ebe6e756afd701cf077c"),
}
_TIMEOUT_S = 5.0
_WHOLE_S = 120.0
_LARGEST_BYTES = 64_000_000
_CHUNK_BYTES = 65536


def download(work: Path, say: Say) -> tuple[Path, str]:
    """The release's server in `work`, and its origin. RungFailed when it can't be had, or is not the one pinned."""
    system = (platform.system(), platform.machine())
    if system not in _SUMS:
        raise RungFailed(_("no release is pinned for {system}").format(system=" ".join(system)))
    asset, pinned = _SUMS[system]
    return fetch(f"{os.environ.get(MIRROR) or _HOME}/toxiproxy-server-{asset}", pinned, work, say)


def fetch(url: str, pinned: str, work: Path, say: Say) -> tuple[Path, str]:
    """As `download`, any file with any sum."""
    target = work / "toxiproxy-server"
    say(_("downloading {url} ...").format(url=url))
    digest = hashlib.sha256()
    deadline = now_ns() + int(_WHOLE_S * NS_PER_S)
    size = 0
    try:
        with (
            requests.get(url, stream=True, timeout=(_TIMEOUT_S, _TIMEOUT_S)) as answer,
            target.open("wb") as file,
        ):
            if answer.status_code != 200:
                raise RungFailed(_("{url} answered {status}").format(url=url, status=answer.status_code))
            for chunk in answer.iter_content(_CHUNK_BYTES):
                size += len(chunk)
                if size > _LARGEST_BYTES or now_ns() > deadline:
                    raise RungFailed(_("{url} is too large or too slow; gave up").format(url=url))
                digest.update(chunk)
                file.write(chunk)
    except requests.RequestException as problem:
        raise RungFailed(_("{url}: {why}").format(url=url, why=one_line(problem, limit=160))) from problem
    if digest.hexdigest() != pinned:
        target.unlink()
        raise RungFailed(
            _("{url} was thrown away: its sha256 is {actual}, pinned is {pinned}").format(
                url=url, actual=digest.hexdigest(), pinned=pinned
            )
        )
    return target, f"downloaded from {url}"
