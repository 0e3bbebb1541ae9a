from switchdrill_faults import (
    CertificateExpired,
    ClockSkew,
    CpuSqueeze,
    DiskFull,
    MemoryLimit,
    ServiceKill,
    ServicePause,
    ServiceRestart,
    ServiceRestartLoop,
    ServiceStop,
)

CONTAINED = [
    ServiceKill(service="standby.other"),
    ServiceStop(service="standby.other"),
    ServicePause(service="standby.other"),
    ServiceRestart(service="standby.other"),
    ServiceRestartLoop(service="standby.other", every="10s"),
    CpuSqueeze(service="standby.other", share="5%"),
    MemoryLimit(service="standby.other", limit="64MiB"),
    DiskFull(service="standby.other", path="/small"),
    ClockSkew(service="standby.other", by="+1h"),
]
STARTED = [
    ServiceKill(service="primary.web"),
    ServiceStop(service="primary.web"),
    ServicePause(service="primary.web"),
    ServiceRestart(service="primary.web"),
    ServiceRestartLoop(service="primary.web", every="10s"),
    ClockSkew(service="primary.web", by="-90s"),
    CertificateExpired(service="primary.web"),
]
STARTED_AS_ROOT = [
    CpuSqueeze(service="primary.web", share="5%"),
    MemoryLimit(service="primary.web", limit="64MiB"),
]
