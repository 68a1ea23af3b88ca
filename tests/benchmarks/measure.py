"""Whole processes: how long they take and how much memory, one after the other in turn."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One process: wall-clock seconds, and its peak resident memory in MB."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Figures:
    """Medians over the runs of one command."""

    seconds: float
    peak_mb: float


def run_once(command: Sequence[str], environ: Mapping[str, str]) -> Run:
    """Run a command to its end, its output thrown away; raises if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024)


def alternate(
    commands: Mapping[str, Sequence[str]], environ: Mapping[str, str], *, rounds: int
) -> dict[str, Figures]:
    """Each command in turn, `rounds` times after one that does not count."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            run = run_once(command, environ)
            if number:
                runs[name].append(run)
    return {
        name: Figures(
            statistics.median(run.seconds for run in done),
            statistics.median(run.peak_mb for run in done),
        )
        for name, done in runs.items()
    }
