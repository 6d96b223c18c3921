"""Processor seconds, and what is made of several of them."""

import math
import os
import statistics
import subprocess
import time
import typing

TICK = os.sysconf("SC_CLK_TCK")


class Used(typing.NamedTuple):
    """Processor seconds and seconds on the wall."""

    cpu: float
    wall: float


def run(arguments):
    """Runs a program to its end; what it and all it waited for have used."""
    start = time.monotonic()
    process = subprocess.Popen(
        [str(argument) for argument in arguments], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    words = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        last = words.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}: {last[0]}")
    return Used(usage.ru_utime + usage.ru_stime, wall)


def command(arguments):
    """Runs a program to its end; the processor seconds of it and of all it waited for."""
    return run(arguments).cpu


def cores():
    """How many this process and those it starts may use."""
    return len(os.sched_getaffinity(0))


def idle():
    """Seconds that the machine's processors have had nothing to do, all of them together."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = file.readline().split()
    # Waiting for a disk is idle time too.
    return (int(fields[4]) + int(fields[5])) / TICK


def busy(seconds=1):
    """The fraction of the machine that is in use now: by others, when nothing is measured."""
    before, start = idle(), time.monotonic()
    time.sleep(seconds)
    wall = time.monotonic() - start
    return max(0, 1 - (idle() - before) / (wall * os.cpu_count()))


def own_and_reaped(pid):
    """Ticks of a process and of its children that have ended and were waited for."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15])


def descendants(pid):
    found = []
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return found
    for task in tasks:
        try:
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                children = [int(child) for child in file.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            found += [child] + descendants(child)
    return found


def tree(pid):
    """Processor seconds of a living process, its living descendants and those it waited for.

    In steps of a clock tick, 10 ms as a rule.
    """
    ticks = own_and_reaped(pid)
    for child in descendants(pid):
        try:
            ticks += own_and_reaped(child)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return ticks / TICK


def memory(pid):
    """Bytes of a process in memory, by the kernel's names."""
    sizes = {}
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            name, _, value = line.partition(":")
            if value.endswith(" kB\n"):
                sizes[name] = int(value.split()[0]) * 1024
    return sizes


def quiet(pid, seconds=0.5, limit=60):
    """Waits until the tree has used no processor for `seconds`; what it has used until then."""
    used, since, start = tree(pid), time.monotonic(), time.monotonic()
    while time.monotonic() - since < seconds:
        if time.monotonic() - start > limit:
            raise RuntimeError(f"process {pid} is not idle after {limit} s")
        time.sleep(0.02)
        now = tree(pid)
        if now != used:
            used, since = now, time.monotonic()
    return used


def median(values):
    return statistics.median(values)


def percentile(values, fraction):
    """The smallest value that at least this fraction of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * fraction) - 1)]
