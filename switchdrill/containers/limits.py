"""What a container may use, as its engine has it, and how the engine changes that while it runs.

`0` leaves a value as it is, so no limit is a number of its own: for memory the kernel's, as it has it without one.
"""

from collections.abc import Mapping

from docker.errors import APIError
from pydantic import BaseModel, ConfigDict
from requests.exceptions import HTTPError

from switchdrill.containers.engine import Engine

PERIOD_US = 100_000
ENDLESS_BYTES = (1 << 63) - 4096
"""The kernel's own word for no limit: whole pages."""


class Limits(BaseModel):
    """Of one container. None of them: -1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quota_us: int = -1
    period_us: int = PERIOD_US
    nano_cpus: int = 0
    """How `--cpus` said it; then the engine takes no quota."""
    memory: int = -1
    memory_and_swap: int = -1


def limits_of(engine: Engine, name: str) -> Limits:
    """NoSuchContainer."""
    host = engine.use(f"inspect {name}", lambda client: client.api.inspect_container(name))["HostConfig"]
    memory, swap = int(host.get("Memory") or 0), int(host.get("MemorySwap") or 0)
    return Limits(
        quota_us=int(host.get("CpuQuota") or 0) or -1,
        period_us=int(host.get("CpuPeriod") or 0) or PERIOD_US,
        nano_cpus=int(host.get("NanoCpus") or 0),
        memory=memory if 0 < memory < ENDLESS_BYTES else -1,
        memory_and_swap=swap if 0 < swap < ENDLESS_BYTES else -1,
    )


def hold_processor(engine: Engine, name: str, limits: Limits) -> None:
    """As `limits` say, from now on; EngineError."""
    if limits.nano_cpus:
        _update(engine, name, {"NanoCpus": limits.nano_cpus})
    else:
        _update(engine, name, {"CpuPeriod": limits.period_us, "CpuQuota": limits.quota_us})


def hold_memory(engine: Engine, name: str, limits: Limits) -> None:
    """As `limits` say, from now on; EngineError, also when it uses more and the kernel can't take it away."""
    memory = limits.memory if limits.memory > 0 else ENDLESS_BYTES
    swap = limits.memory_and_swap if limits.memory_and_swap > 0 else ENDLESS_BYTES
    _update(engine, name, {"Memory": memory, "MemorySwap": swap})
    if limits.memory > 0 > limits.memory_and_swap:  # in one step, the kernel would be told of memory first, and refuse
        _update(engine, name, {"MemorySwap": -1})


def times_met(engine: Engine, name: str) -> tuple[int, int, int]:
    """Throttled periods, allocations that found the memory full, and bytes in use, as the engine tells them: for an
    engine on another machine. Takes a second or two.
    """
    told = engine.use(f"stats {name}", lambda client: client.api.stats(name, stream=False), within_s=8)
    throttled = told.get("cpu_stats", {}).get("throttling_data", {}).get("throttled_periods", 0)
    memory = told.get("memory_stats", {})
    details = memory.get("stats", {})
    cache = int(details.get("total_inactive_file", details.get("inactive_file", 0)))
    return int(throttled), int(memory.get("failcnt", 0)), max(int(memory.get("usage", 0)) - cache, 0)


def _update(engine: Engine, name: str, values: Mapping[str, int]) -> None:
    """The SDK's own call knows no NanoCpus, and leaves out what is below zero."""

    def call(values: Mapping[str, int] = values) -> None:
        api = engine.use("api", lambda client: client.api)
        answer = api.post(
            f"{api.base_url}/v{api.api_version}/containers/{name}/update", json=dict(values), timeout=api.timeout
        )
        try:
            answer.raise_for_status()
        except HTTPError as problem:
            raise APIError(str(problem), response=answer, explanation=answer.json().get("message")) from problem

    engine.use(f"update {name}", lambda _client: call())
