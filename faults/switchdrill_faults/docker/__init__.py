"""Docker as a mechanism: containers frozen, killed, stopped, started again."""
