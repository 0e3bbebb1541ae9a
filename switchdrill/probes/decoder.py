"""Decoding in worker threads, each segment once: two sites that serve the same bytes cost one decode."""

import asyncio
import hashlib
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from switchdrill.probes.picture import Look, look

WORKERS = 2
REMEMBERED = 32


class Decoder:
    """What a segment shows is decided by its bytes alone, so it may be looked up by their digest."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="decode")
        self._looks: OrderedDict[tuple[bytes, float], asyncio.Future[Look]] = OrderedDict()

    async def look(self, segment: bytes, duration_s: float) -> Look:
        """As `picture.look`; every caller may be cancelled without hurting the others."""
        digest = hashlib.blake2b(segment, digest_size=16).digest()
        key = (digest, duration_s)
        looking = self._looks.get(key)
        if looking is None:
            looking = asyncio.get_running_loop().run_in_executor(self._pool, look, segment, duration_s)
            looking.add_done_callback(_looked_at)
            self._looks[key] = looking
            if len(self._looks) > REMEMBERED:
                self._looks.popitem(last=False)
        return replace(await asyncio.shield(looking), digest=digest)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _looked_at(looking: "asyncio.Future[Look]") -> None:
    """Take the exception, or asyncio complains of one that nobody waited for."""
    if not looking.cancelled():
        looking.exception()
