#!/usr/bin/env python3
"""Gives one daemon a day's work and looks whether it grows, leaks, or loses something.

Usage: test_soak.py PROGRAMS [--jobs N] [--real N] [--seed N] [--directory DIR]
       [--keep]

Most jobs go to a stub of the worker (stub_worker.py), so that the daemon is what is worked hard; the
real ones are small pictures, drawings and documents for the real worker. One upload of a hundred ends
its worker, one of a hundred takes half a second, one of fifty has a sidecar with an owner. The daemon
is killed at eight drawn moments of the first tenth; the life after that is long, and is the
one whose figures count. All through it workers are killed and the configuration is read again.

Figures are taken when nothing is under way. Passes when, from the first tenth of the long life to its
end, resident memory grew by at most a mebibyte per 10,000 jobs (the slope between all pairs of
samples, its median), descriptors and threads (without the spare's) differ by at most two, no zombie was
left, the write-ahead log never had more than 64 MiB, and every upload came to the one end that it must have.

It must fail with VITRINE_SEEDED_BUG=workerUnreaped (a debug build).
"""

import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import typing
import zlib

import stub_worker
from site_under_test import letter
from test_mutants import Connection

KILLS = 8
PENDING = 120
WAL_LIMIT = 64 << 20
GROWTH_LIMIT = 1 << 20
PATIENCE = 600
# Longer than libdispatch keeps a thread that has nothing to do.
SETTLED = 7
# A second: libdispatch looks after its threads once, each with a look of its own.
IDLE_WAKEUPS = 2

SETTINGS = """inbox: {{ path: {0}/inbox, settle: 200ms, minimumFree: 64MiB }}
originals: {{ path: {0}/originals }}
quarantine: {{ path: {0}/quarantine }}
state: {{ path: {0}/state }}
storage: {{ path: {0}/storage }}
control: {{ socket: {0}/control.sock }}
recipes: {{ path: {0}/recipes }}
workers: {{ count: {1}, drain: 5s }}
"""
RECIPE = "name: default\nimage: { widths: [320], formats: [webp], cards: false }\n"


class Upload(typing.NamedTuple):
    name: str
    data: bytes
    owner: str | None


def uploads(count, real, seed):
    """All of them in their order, which follows from the seed."""
    dice = random.Random(f"soak/{seed}")
    kinds = ["stub"] * count + ["real"] * real
    dice.shuffle(kinds)
    for number, kind in enumerate(kinds):
        owner = f"member-{dice.randrange(20)}" if dice.random() < 0.02 else None
        if kind == "real":
            suffix, data = picture(number, dice)
            yield Upload(f"real-{number}.{suffix}", data, owner)
        else:
            drawn = dice.random()
            kind = "poison" if drawn < 0.01 else "slow" if drawn < 0.02 else "stub"
            yield Upload(f"{kind}-{number}.jpg", f"{kind} {number} of {seed}".encode(), owner)


def picture(number, dice):
    """A small one, unlike all others; its suffix and its bytes."""
    width, height = dice.randrange(32, 200), dice.randrange(32, 200)
    color = bytes(dice.randrange(256) for _ in range(3))
    row = b"".join(bytes((c + x) % 256 for c in color) for x in range(width))
    kind = number % 4
    if kind == 0:
        return "ppm", b"P6 %d %d 255\n" % (width, height) + row * height
    if kind == 1:
        return "svg", (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
                       f'<circle r="20" fill="#{color.hex()}"/><text>{number}</text></svg>').encode()
    if kind == 2:
        return "pdf", letter().replace(b"Dear reader", b"Number %05d" % number)

    def chunk(name, data):
        return (struct.pack(">I", len(data)) + name + data
                + struct.pack(">I", zlib.crc32(name + data)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress((b"\0" + row) * height)
    return "png", (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body)
                   + chunk(b"IEND", b""))


class Sample(typing.NamedTuple):
    """Of the daemon alone, in kibibytes where it is memory, in bytes the log."""

    life: int
    jobs: int
    seconds: float
    resident: int
    anonymous: int
    descriptors: int
    threads: int
    zombies: int
    log: int

    def row(self):
        return (f"{self.life:5} {self.jobs:8} {self.seconds:8.0f} {self.resident:10} "
                f"{self.anonymous:10} {self.descriptors:6} {self.threads:8} {self.zombies:8} "
                f"{self.log:12}")


HEADING = " life     jobs  seconds    RSS KiB  anon. KiB  descr.  threads  zombies  WAL bytes"


def proc(pid, name):
    """A file of /proc as a dictionary of its first two words, empty when the process has gone."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/{name}").read_text().splitlines()
    except OSError:
        return {}
    return {words[0].rstrip(":"): words[1] for words in map(str.split, lines) if len(words) > 1}


def children(pid):
    """Numbers, oldest first, with their states."""
    found = []
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            found += map(int, (thread / "children").read_text().split())
        except OSError:
            continue
    return [(child, proc(child, "status").get("State", "gone")) for child in sorted(found)]


class Soak:
    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.programs = options.programs.resolve()
        self.site = directory / "site"
        self.dice = random.Random(f"kills/{options.seed}")
        self.life, self.began = 0, time.monotonic()
        self.workers, self.largest_log = 4, 0
        self.samples, self.problems = [], []
        self.counts = collections.Counter()
        self.offered = {}
        self.process = None
        for name in ("inbox", "recipes"):
            (self.site / name).mkdir(parents=True)
        (self.site / "recipes/default.yaml").write_text(RECIPE)
        stub_worker.install(directory / "worker", self.programs / "vitrine-worker")

    # The daemon

    def settings(self):
        (self.directory / "vitrine.yaml").write_text(SETTINGS.format(self.site, self.workers))

    def start(self):
        self.settings()
        self.life += 1
        self.output = open(self.directory / "vitrined.log", "ab")
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("VITRINE_") or name == "VITRINE_SEEDED_BUG"}
        self.process = subprocess.Popen(
            [self.programs / "vitrined", "--config", self.directory / "vitrine.yaml"],
            env=environment | {"VITRINE_WORKER": str(self.directory / "worker")},
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)
        self.until("an answer of vitrined", lambda: self.status(), 60)

    def get(self, path):
        connection = Connection(self.site / "control.sock")
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]}")
        return json.loads(body)

    def status(self):
        """None while this life does not answer."""
        if self.process.poll() is not None:
            sys.exit(f"soak: vitrined ended with {self.process.returncode}, see {self.directory}")
        try:
            status = self.get("/v1/status")
        except (OSError, RuntimeError):
            return None
        except http.client.BadStatusLine as problem:
            # Once it was what had been meant for a worker.
            sys.exit(f"soak: no answer but {str(problem)[:300]}, see {self.directory}")
        self.look_at_log()
        return status if status["pid"] == self.process.pid else None

    def look_at_log(self):
        try:
            size = (self.site / "state/vitrine.sqlite-wal").stat().st_size
        except OSError:
            return 0
        self.largest_log = max(self.largest_log, size)
        return size

    def until(self, what, condition, seconds=PATIENCE):
        """What the condition gives, once it gives something; ends the test when it does not."""
        end = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > end:
                sys.exit(f"soak: waited {seconds} s for {what}, see {self.directory}")
            time.sleep(0.2)
        return found

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.output.close()
        self.counts["kills of the daemon"] += 1

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                if self.process.wait(60):
                    self.problems.append(f"vitrined ended with {self.process.returncode}")
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                self.problems.append("vitrined did not stop within a minute")
        self.output.close()

    # What is done to it

    def offer(self, upload):
        self.offered[upload.name] = upload.owner
        inbox = self.site / "inbox"
        files = [(upload.name, upload.data)]
        if upload.owner:
            files.insert(0, (upload.name + ".json", json.dumps({"owner": upload.owner}).encode()))
        for name, data in files:
            (inbox / f".{name}").write_bytes(data)
            (inbox / f".{name}").rename(inbox / name)

    def kill_worker(self):
        """The youngest one: a zygote is the oldest, unless nobody else is there."""
        found = children(self.process.pid)
        if found:
            try:
                os.kill(found[-1][0], signal.SIGKILL)
                self.counts["kills of workers"] += 1
            except ProcessLookupError:
                pass

    def reload(self):
        """Another number of workers, which status must tell."""
        self.workers = 7 - self.workers
        self.settings()
        self.process.send_signal(signal.SIGHUP)
        self.until("a reload", lambda: (self.status() or {}).get("workers", {}).get("count")
                   == self.workers, 60)
        self.counts["reloads"] += 1

    # What is seen of it

    def ended(self):
        """How many jobs have come to an end; None while nobody answers."""
        queue = (self.status() or {}).get("queue")
        return queue and queue["completed"] + queue["discarded"] + queue["cancelled"]

    def quiet(self):
        """Waits until every upload so far came to its end."""
        last, since = -1, time.monotonic()
        while (now := self.ended() or 0) < len(self.offered):
            if now != last:
                last, since = now, time.monotonic()
            if time.monotonic() - since > PATIENCE:
                sys.exit(f"soak: nothing ended for {PATIENCE} s, {len(self.offered) - now} are left, "
                         f"see {self.directory}")
            time.sleep(0.05)

    def figures(self):
        pid = self.process.pid
        status = proc(pid, "status")
        # Counted one by one: a worker may go while its descriptors are listed.
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        states = [state for _, state in children(pid)]
        zombies = states.count("Z")
        # The spare waits for the next upload unless it was killed: its socket, what it says to
        # standard error, its pidfd, and the thread that watches it.
        spares = len(states) - zombies
        return Sample(
            self.life, len(self.offered), time.monotonic() - self.began, int(status["VmRSS"]),
            int(status["RssAnon"]), descriptors - 3 * spares,
            int(status["Threads"]) - spares, zombies,
            self.look_at_log())

    def wakeups(self):
        """How often any of the daemon's threads was woken so far."""
        count = 0
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            status = proc(self.process.pid, f"task/{task}/status")
            count += int(status.get("voluntary_ctxt_switches", 0))
        return count

    def sample(self):
        """Once nothing is under way, and threads without work have ended (five seconds later).

        Deadlines that are no longer waited for still wake threads when they come, which keeps those
        alive: so it is not enough that their number has not changed for a while.
        """
        self.quiet()
        last, since, woken = None, time.monotonic(), self.wakeups()
        end = since + 60
        # What does not settle is what the samples are there to show.
        while time.monotonic() < min(since + SETTLED, end):
            now, wakeups = self.figures(), self.wakeups()
            busy = wakeups - woken > IDLE_WAKEUPS * SETTLED
            if last is None or (now.descriptors, now.threads) != last or now.zombies or busy:
                last, since = (now.descriptors, now.threads), time.monotonic()
                woken = wakeups
            time.sleep(0.2)
        self.samples.append(self.figures())
        print(self.samples[-1].row(), flush=True)

    def run(self):
        options = self.options
        total = options.jobs + options.real
        early = max(1, total // 10)
        kills = set(self.dice.sample(range(1, early), min(KILLS, early - 1)))
        step = max(250, (total - early) // 20)
        every = max(20, (total - early) // 400)
        print(HEADING, flush=True)
        self.start()
        behind = 0
        for number, upload in enumerate(uploads(options.jobs, options.real, options.seed)):
            if number - behind >= PENDING:
                behind = self.until(
                    "room in the inbox",
                    lambda: (ended := self.ended()) and number - ended < PENDING and ended)
            self.offer(upload)
            if number in kills:
                self.kill()
                self.start()
            elif number == early:
                # A life of its own for what is measured.
                self.quiet()
                self.kill()
                self.start()
            elif number > early:
                if number % every == 0:
                    self.kill_worker()
                if number % step == step // 2:
                    self.reload()
                if (number - early) % step == 0:
                    self.sample()
        self.sample()
        self.judge()
        self.look_at_items()

    def judge(self):
        """Of the long life, what came after its first tenth."""
        long = [s for s in self.samples if s.life == self.life]
        kept = long[max(1, len(long) // 10):]
        slopes = [(b.resident - a.resident) * 1024 / (b.jobs - a.jobs) * 10_000
                  for i, a in enumerate(kept) for b in kept[i + 1:] if b.jobs > a.jobs]
        growth = statistics.median(slopes) if slopes else 0
        print(f"soak: resident memory grows by {growth / 1024:.0f} KiB per 10,000 jobs "
              f"({len(kept)} samples), largest log {self.largest_log} bytes")
        if not slopes:
            self.problems.append("too few jobs for a slope")
        if growth > GROWTH_LIMIT:
            self.problems.append(f"resident memory grows by {growth / 1024:.0f} KiB per 10,000 jobs")
        for name in ("descriptors", "threads"):
            values = [getattr(s, name) for s in kept]
            if kept and max(abs(value - values[0]) for value in values) > 2:
                self.problems.append(f"{name} from {min(values)} to {max(values)}")
        if zombies := sum(s.zombies for s in self.samples):
            self.problems.append(f"{zombies} zombies")
        if self.largest_log > WAL_LIMIT:
            self.problems.append(f"a write-ahead log of {self.largest_log} bytes")

    def look_at_items(self):
        """Every upload is one item, at the end that its name says."""
        seen, cursor = collections.Counter(), ""
        while True:
            page = self.get(f"/v1/items?limit=1000{cursor}")
            for item in page["items"]:
                name = item["fileName"]
                seen[name] += 1
                code = (item.get("reason") or {}).get("code")
                self.counts[f"{name.split('-')[0]}: {code or item['state']}"] += 1
                expected = ("failed", "workerCrashed") if name.startswith("poison-") \
                    else ("ready", None)
                if (item["state"], code) != expected:
                    self.problems.append(f"{name}: {item['state']} {code}")
                owner = self.offered.get(name)
                begin = (f"{owner}-" if owner else "") + name.split(".")[0] + "-"
                if not item["id"].startswith(begin):
                    self.problems.append(f"{name}: {item['id']}, of {owner}")
            if not page.get("next"):
                break
            cursor = "&cursor=" + page["next"]
        for name in self.offered:
            if seen[name] != 1:
                self.problems.append(f"{name}: {seen[name]} items")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=5000, help="of the stub")
    parser.add_argument("--real", type=int, default=100, help="of the real worker")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("TEST_SEED", "1")))
    parser.add_argument("--directory", default="/var/tmp",
                        help="where the site is made; in memory (/dev/shm) several times as fast")
    parser.add_argument("--keep", action="store_true", help="leave the site")
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="vitrine-soak-", dir=options.directory))
    print(f"soak: {options.jobs} + {options.real} jobs, --seed {options.seed}, in {directory}",
          flush=True)
    soak = Soak(options, directory)
    try:
        soak.run()
    finally:
        if soak.process:
            soak.stop()
    for what, count in sorted(soak.counts.items()):
        print(f"  {count:6} {what}")
    print(f"soak: {len(soak.problems)} problems in {time.monotonic() - soak.began:.0f} s")
    for problem in soak.problems[:100]:
        print("  " + problem)
    if soak.problems:
        print(f"soak: the site is left in {directory}")
        sys.exit(1)
    if not options.keep:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
