"""Docker, as far as we use it: an engine with time-outs and errors that say what to do, Compose files, containers."""
