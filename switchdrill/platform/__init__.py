"""The system that is drilled: what its file says, how its processes start and stop, who may drill it now."""
