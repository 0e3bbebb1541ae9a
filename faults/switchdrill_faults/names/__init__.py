"""Faults of DNS: what is done to questions and answers, by a relay of ours or by the platform's own dnsdist."""
