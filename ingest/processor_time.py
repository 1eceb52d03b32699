"""Processor time of the parser process: what it has used up ends it, whatever it was busy with."""

from __future__ import annotations

import resource


def allow_cpu(seconds: float) -> None:
    """Let the system end this process when it takes so much more processor time; the hard limit stays open."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def allow_more_cpu(seconds: float) -> None:
    """Move the limit that `allow_cpu` set by so much; nothing in a process without one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_CPU, (soft + int(seconds) + 1, hard))
