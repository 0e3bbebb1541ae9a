"""Faults that are made of other faults."""
