from switchdrill_faults import (
    DependencyMisplaced,
    FailedChecks,
    MonitoringLost,
    PlaylistFrozen,
    PrimaryKeepsWriting,
    PublisherLost,
    ReplicationLate,
    ReplicationStopped,
    StandbyTooSmall,
    StreamMetadataMissing,
    WrongEncoderParameters,
)

CARRIED = [ReplicationLate(site="standby", delay="100ms")]
WITH_ROOT = [PublisherLost(site="standby"), MonitoringLost(site="primary"), ReplicationStopped(site="primary")]
ORDERED = [
    StreamMetadataMissing(),
    StreamMetadataMissing(site="b", field="cdn_nodes"),
    PlaylistFrozen(site="primary"),
    WrongEncoderParameters(parameter="codec"),
    DependencyMisplaced(dependency="database"),
    PrimaryKeepsWriting(),
    StandbyTooSmall(),
    FailedChecks(site="primary", count=2),
]
