"""Processor seconds, and what is made of several of them."""

import math
import os
import statistics
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


def command(arguments, quiet=True):
    """Runs a program to its end; the processor seconds of it and of all it waited for."""
    sink = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(
        [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=sink,
        stderr=subprocess.PIPE)
    words = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        last = words.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}: {last[0]}")
    return usage.ru_utime + usage.ru_stime


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
