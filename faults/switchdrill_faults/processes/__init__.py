"""Processes as a mechanism: programs that switchdrill has started, frozen, ended, started again."""
