"""A service, whatever runs it: a container, or a program of ours."""
