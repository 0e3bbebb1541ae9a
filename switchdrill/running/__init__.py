"""One run, from what somebody asked for to its last record."""
