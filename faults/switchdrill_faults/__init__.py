"""What can be broken: one file a fault, one folder a mechanism."""

from switchdrill.arrangement import Sequence, Together
from switchdrill_faults.certificate_expired import CertificateExpired
from switchdrill_faults.clock_skew import ClockSkew
from switchdrill_faults.cpu_squeeze import CpuSqueeze
from switchdrill_faults.dependency_misplaced import DependencyMisplaced
from switchdrill_faults.disk_full import DiskFull
from switchdrill_faults.dns_delay import DnsDelay
from switchdrill_faults.dns_error import DnsError
from switchdrill_faults.dns_silence import DnsSilence
from switchdrill_faults.dns_stale import DnsStale
from switchdrill_faults.dns_truncated import DnsTruncated
from switchdrill_faults.dns_wrong_answer import DnsWrongAnswer
from switchdrill_faults.egress_loss import EgressLoss
from switchdrill_faults.evening_peak import EveningPeak
from switchdrill_faults.failed_checks import FailedChecks
from switchdrill_faults.line_degraded import LineDegraded
from switchdrill_faults.link_bandwidth import LinkBandwidth
from switchdrill_faults.link_blackhole import LinkBlackhole
from switchdrill_faults.link_cut import LinkCut
from switchdrill_faults.link_data_limit import LinkDataLimit
from switchdrill_faults.link_flapping import LinkFlapping
from switchdrill_faults.link_latency import LinkLatency
from switchdrill_faults.link_refused import LinkRefused
from switchdrill_faults.link_reset import LinkReset
from switchdrill_faults.link_slow_close import LinkSlowClose
from switchdrill_faults.link_stall import LinkStall
from switchdrill_faults.link_trickle import LinkTrickle
from switchdrill_faults.memory_limit import MemoryLimit
from switchdrill_faults.monitoring_lost import MonitoringLost
from switchdrill_faults.operator_loss import OperatorLoss
from switchdrill_faults.packet_corruption import PacketCorruption
from switchdrill_faults.packet_delay import PacketDelay
from switchdrill_faults.packet_duplication import PacketDuplication
from switchdrill_faults.packet_loss import PacketLoss
from switchdrill_faults.packet_reordering import PacketReordering
from switchdrill_faults.partition import Partition
from switchdrill_faults.playlist_frozen import PlaylistFrozen
from switchdrill_faults.primary_keeps_writing import PrimaryKeepsWriting
from switchdrill_faults.publisher_lost import PublisherLost
from switchdrill_faults.replication_late import ReplicationLate
from switchdrill_faults.replication_stopped import ReplicationStopped
from switchdrill_faults.service_kill import ServiceKill
from switchdrill_faults.service_pause import ServicePause
from switchdrill_faults.service_restart import ServiceRestart
from switchdrill_faults.service_restart_loop import ServiceRestartLoop
from switchdrill_faults.service_stop import ServiceStop
from switchdrill_faults.shared_bandwidth import SharedBandwidth
from switchdrill_faults.site_brown_out import SiteBrownOut
from switchdrill_faults.site_loss import SiteLoss
from switchdrill_faults.site_uplink_loss import SiteUplinkLoss
from switchdrill_faults.standby_too_small import StandbyTooSmall
from switchdrill_faults.stream_metadata_missing import StreamMetadataMissing
from switchdrill_faults.wrong_encoder_parameters import WrongEncoderParameters

__all__ = [
    "CertificateExpired",
    "ClockSkew",
    "CpuSqueeze",
    "DependencyMisplaced",
    "DiskFull",
    "DnsDelay",
    "DnsError",
    "DnsSilence",
    "DnsStale",
    "DnsTruncated",
    "DnsWrongAnswer",
    "EgressLoss",
    "EveningPeak",
    "FailedChecks",
    "LineDegraded",
    "LinkBandwidth",
    "LinkBlackhole",
    "LinkCut",
    "LinkDataLimit",
    "LinkFlapping",
    "LinkLatency",
    "LinkRefused",
    "LinkReset",
    "LinkSlowClose",
    "LinkStall",
    "LinkTrickle",
    "MemoryLimit",
    "MonitoringLost",
    "OperatorLoss",
    "PacketCorruption",
    "PacketDelay",
    "PacketDuplication",
    "PacketLoss",
    "PacketReordering",
    "Partition",
    "PlaylistFrozen",
    "PrimaryKeepsWriting",
    "PublisherLost",
    "ReplicationLate",
    "ReplicationStopped",
    "Sequence",
    "ServiceKill",
    "ServicePause",
    "ServiceRestart",
    "ServiceRestartLoop",
    "ServiceStop",
    "SharedBandwidth",
    "SiteBrownOut",
    "SiteLoss",
    "SiteUplinkLoss",
    "StandbyTooSmall",
    "StreamMetadataMissing",
    "Together",
    "WrongEncoderParameters",
]
