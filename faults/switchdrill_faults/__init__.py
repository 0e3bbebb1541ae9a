"""What can be broken: one file a fault, one folder a mechanism."""

from switchdrill_faults.site_loss import SiteLoss

__all__ = ["SiteLoss"]
