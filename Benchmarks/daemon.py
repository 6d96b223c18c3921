"""A daemon of one's own: started on a directory, fed through its inbox, watched from outside.

The end of a job is seen on the disk and its processor time in /proc, so that watching costs the
daemon nothing.
"""

import json
import os
import pathlib
import shutil
import subprocess
import time
import typing

import measuring


class Work(typing.NamedTuple):
    """What files took: processor seconds of the daemon's whole tree, and by the manifests of the
    workers; seconds from the first rename to the last manifest; the manifests."""

    cpu: float
    workers: float
    wall: float
    documents: list


class Daemon:
    def __init__(self, programs, directory, recipe):
        self.programs = pathlib.Path(programs).resolve()
        self.directory = pathlib.Path(directory).resolve()
        self.recipe = recipe
        self.ready = set()

    def __enter__(self):
        recipes = self.directory / "recipes"
        recipes.mkdir(parents=True, exist_ok=True)
        (recipes / "default.yaml").write_text(self.recipe)
        self.environment = dict(
            os.environ, VITRINE_SOCKET=str(self.directory / "control.sock"))
        self.log = open(self.directory / "vitrined.log", "wb")
        self.process = subprocess.Popen(
            [self.programs / "vitrined", "--embedded", self.directory],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        until = time.monotonic() + 60
        while subprocess.run(
                [self.programs / "vitrinectl", "status", "--json"], env=self.environment,
                capture_output=True, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise RuntimeError("vitrined did not start: " + self.last_words())
            time.sleep(0.05)
        measuring.quiet(self.process.pid)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def last_words(self):
        text = (self.directory / "vitrined.log").read_text(errors="replace")
        return " ⏎ ".join(text.strip().splitlines()[-3:])

    def control(self, *words):
        output = subprocess.run(
            [self.programs / "vitrinectl", *words, "--json"], env=self.environment,
            capture_output=True, check=True).stdout.decode()
        return [json.loads(line) for line in output.splitlines() if line]

    def stage(self, files):
        """Copies into the inbox under hidden names, which the daemon leaves alone."""
        for file in files:
            shutil.copyfile(file, self.directory / "inbox" / f".{file.name}")

    def offer(self, file):
        """Renames a staged file to its own name: from now on it is an upload."""
        inbox = self.directory / "inbox"
        os.rename(inbox / f".{file.name}", inbox / file.name)

    def manifests(self):
        """Those of items that are ready; an item can be shown before."""
        found = set(self.directory.glob("storage/items/*/manifest.json")) - self.ready
        self.ready |= {
            path for path in found if json.loads(path.read_text())["state"] == "ready"}
        return set(self.ready)

    def wait_for(self, count, limit=1800, pause=0.02):
        """Waits until `count` items are ready; all their manifests."""
        until = time.monotonic() + limit
        while len(found := self.manifests()) < count:
            if refused := list(self.directory.glob("quarantine/**/*.reason.json")):
                raise RuntimeError("an upload was refused: " + refused[0].read_text())
            if self.process.poll() is not None:
                raise RuntimeError("vitrined ended: " + self.last_words())
            if time.monotonic() > until:
                raise RuntimeError(f"{count - len(found)} items not ready after {limit} s")
            time.sleep(pause)
        return found

    def work(self, files):
        """Processes the files, all offered at once.

        The tree is the daemon with every process it started meanwhile, so the start of a zygote
        that replaces a spent one counts too.
        """
        self.stage(files)
        known = self.manifests()
        before = measuring.quiet(self.process.pid)
        start = time.monotonic()
        for file in files:
            self.offer(file)
        new = self.wait_for(len(known) + len(files)) - known
        wall = time.monotonic() - start
        cpu = measuring.quiet(self.process.pid) - before
        documents = [dict(json.loads(path.read_text()), place=path.parent) for path in new]
        workers = sum(document["provenance"]["cpuSeconds"] for document in documents)
        return Work(cpu, workers, wall, documents)


def described(document, name):
    """The entry of a derivative by its logical name."""
    for derivative in document["derivatives"]:
        if derivative["name"] == name:
            return derivative
    names = ", ".join(derivative["name"] for derivative in document["derivatives"])
    raise RuntimeError(f"there is no derivative {name}; there are {names}")


def published(document, name):
    """The file of a derivative by its logical name."""
    return document["place"] / described(document, name)["path"]
