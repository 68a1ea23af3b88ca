"""Whole processes: how long they take and how much memory, one after the other in turn."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """Of one process, or medians over the runs of one command: wall-clock seconds, and peak
    resident memory in MB, of a pipeline that of its largest process.
    """

    seconds: float
    peak_mb: float


def run_once(command: Sequence[str], environ: Mapping[str, str]) -> Figures:
    """Run a command to its end, its output thrown away; raises if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return Figures(seconds, usage.ru_maxrss / 1024)


def alternate(
    tool: Sequence[str], other: Sequence[str], environ: Mapping[str, str], *, rounds: int
) -> tuple[Figures, Figures]:
    """Both commands in turn, `rounds` times after one that does not count."""
    runs = [[run_once(command, environ) for command in (tool, other)] for _ in range(rounds + 1)]
    tool_runs, other_runs = zip(*runs[1:], strict=True)
    return _find_medians(tool_runs), _find_medians(other_runs)


def _find_medians(runs: Sequence[Figures]) -> Figures:
    return Figures(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.peak_mb for run in runs),
    )
