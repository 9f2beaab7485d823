"""What a process costs: processor time, memory and open files, from /proc (proc(5))."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Processor seconds so far; memory now, in megabytes: the proportional share, and what nobody else uses."""

    at: float
    cpu_s: float
    pss_mb: float
    own_mb: float


def cost(pid: int) -> Cost:
    # The name in brackets may hold spaces; what follows it does not. utime and stime are fields 14 and 15.
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kb = {name: int(size) for name, size in (line.removesuffix(" kB").split(":") for line in rollup)}
    cpu_s = (int(after_name[11]) + int(after_name[12])) / TICKS_PER_S
    return Cost(time.monotonic(), cpu_s, kb["Pss"] / 1000, (kb["Private_Clean"] + kb["Private_Dirty"]) / 1000)


def percent_of_a_core(before: Cost, after: Cost) -> float:
    return 100 * (after.cpu_s - before.cpu_s) / (after.at - before.at)


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
