#!/usr/bin/env python3
"""The image of packaging/Dockerfile, made and run with Podman. Usage: test_container.py PROGRAMS CACHE [PROBE]

No registry is asked: the image below is a Debian from a mirror, kept in CACHE, and the first stage's
result is installed from PROGRAMS, which `make deb` has built with that stage's command. Programs that need the libraries
of a Swift tool chain are shown that. PROBE is the sandbox-probe of a debug build.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import machine
import sandbox_probes
from machine import expect, wait_for
from site_under_test import make_samples

IMAGE = "localhost/vitrine:test"
BASE = "FROM debian:bookworm-slim"
# As the Dockerfile's first lines tell. No network, which the daemon does not need; and limits that
# whoever is not root outside may set.
DOCUMENTED = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
HERE = ["--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"]


class Containers:
    """Podman with images and containers of its own; ends what it has started."""

    def __init__(self, place, programs, probe):
        self.probe = probe
        self.runtime = []
        for directory in machine.runtime_directories(programs):
            self.runtime += ["-v", f"{directory}:{directory}:ro"]
        self.place = [
            "--root", place / "storage", "--runroot", place / "run", "--storage-driver", "vfs"]

    def call(self, program, *arguments, check=True, timeout=600, **options):
        given = ["--runtime", "runc", "--cgroup-manager", "cgroupfs"] if program == "podman" else []
        done = subprocess.run(
            [program, *self.place, *given, *arguments], text=True, capture_output=True,
            timeout=timeout, **options)
        if check and done.returncode != 0:
            raise machine.Failed(f"{program} {' '.join(map(str, arguments))}: {done.stderr[-1500:]}")
        return done

    def podman(self, *arguments, **options):
        return self.call("podman", *arguments, **options)

    def build(self, programs, base, place):
        """The image; its last stage word for word."""
        self.podman("import", "--quiet", base, f"docker.io/library/{BASE.split()[1]}")
        context = place / "context"
        subprocess.run(
            [machine.SOURCE / "packaging/install.sh", programs, context / "staged"], check=True,
            capture_output=True)
        text = (machine.SOURCE / "packaging/Dockerfile").read_text()
        first, last = text.split(BASE)
        expect("packaging/install.sh" in first and " AS build\n" in first, "another first stage")
        told = " ".join(first.partition("FROM")[0].replace("#", "").replace("\\", "").split())
        expect(" ".join(DOCUMENTED) in told, f"these options are not what it tells: {DOCUMENTED}")
        (context / "Dockerfile").write_text(
            f"FROM scratch AS build\nCOPY staged /staged\n\n{BASE}{last}")
        self.call("buildah", "bud", "--isolation", "chroot", "--pull-never", "--format", "docker",
                  "-t", IMAGE, context, timeout=1200)

    @contextlib.contextmanager
    def running(self, state, *options):
        name = f"vitrine-test-{os.getpid()}"
        self.podman("run", "--detach", "--name", name, *DOCUMENTED, *HERE,
                    "-v", f"{state}:/var/lib/vitrine", *self.runtime, *options, IMAGE)
        try:
            yield Container(self, name)
        finally:
            self.podman("rm", "--force", "--time", "5", name, check=False)


class Container:
    def __init__(self, containers, name):
        self.containers, self.name = containers, name

    def run(self, *command, **options):
        return self.containers.podman("exec", self.name, *command, **options)

    def status(self):
        done = self.run("vitrinectl", "status", "--json", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def logs(self):
        done = self.containers.podman("logs", self.name)
        return done.stdout + done.stderr


def goes_in_and_comes_out(containers, state, samples):
    """Uploads of every kind come out, made inside the whole sandbox, by nobody privileged."""
    with containers.running(state) as box:
        status = wait_for("an answer", box.status, 60)
        expect((status["state"], status["sandbox"]) == ("running", "active"),
               f"{status}\n{box.logs()[-1500:]}")
        expect(box.run("id", "-u").stdout.strip() == "990", "another user")
        expect(box.run("touch", "/usr/x", check=False).returncode != 0, "the root can be written")
        expect(containers.podman("healthcheck", "run", box.name, check=False).returncode == 0,
               "it is not healthy")
        names = ["photograph.jpg", "short.mp4", "song.mp3", "drawing.svg", "letter.pdf"]
        for name in names:
            inbox = state / "inbox"
            shutil.copy(samples / name, inbox / f".{name}")
            os.chmod(inbox / f".{name}", 0o644)
            os.rename(inbox / f".{name}", inbox / name)

        def ended():
            items = json.loads(box.run("vitrinectl", "item", "list", "--json").stdout)["items"]
            done = {item["fileName"]: item["state"] for item in items
                    if item["state"] in ("ready", "failed")}
            return done if len(done) == len(names) else None
        found = wait_for("the uploads to end", ended, 300)
        expect(found == dict.fromkeys(names, "ready"), f"{found}")
        for manifest in state.glob("storage/items/*/manifest.json"):
            provenance = json.loads(manifest.read_text())["provenance"]
            expect(provenance["sandbox"] == "active", f"{provenance}")
        log = box.logs()
        expect("level=" in log, f"no logfmt: {log[:500]}")
        expect("forked" not in log, f"workers could not be forked: {log[-1500:]}")
        doctor = json.loads(box.run("vitrinectl", "doctor", "--json", check=False).stdout)
        wrong = [each for each in doctor["findings"] if each["status"] == "error"]
        expect(not wrong, f"{wrong}")


def stops_when_told(containers, state, samples):
    """SIGTERM to process 1 in the middle of a film: a success, and the film goes on the next time."""
    shutil.copy(samples / "long.mp4", state / "inbox/.long")
    os.chmod(state / "inbox/.long", 0o644)
    with containers.running(state, "-e", "VITRINE_WORKERS_DRAIN=1s") as box:
        wait_for("an answer", box.status, 60)
        os.rename(state / "inbox/.long", state / "inbox/long.mp4")
        wait_for("work", lambda: (box.status() or {}).get("workers", {}).get("running"), 60)
        began = time.monotonic()
        containers.podman("stop", "--time", "30", box.name)
        expect(time.monotonic() - began < 25, "it had to be killed")
        code = containers.podman("inspect", "--format", "{{.State.ExitCode}}", box.name)
        expect(code.stdout.strip() == "0", f"it ended with {code.stdout}: {box.logs()[-1500:]}")
    with containers.running(state) as box:
        wait_for("the film", lambda: (box.status() or {}).get("queue", {}).get("completed") == 6, 300)


def holds_the_sandbox(containers, state, samples):
    """Everything hostile is refused inside the container as outside of it, and what is needed works."""
    if not containers.probe:
        return "no sandbox-probe is named"
    mounts = ["-v", f"{containers.probe}:/sandbox-probe:ro"]
    for directory in machine.runtime_directories(containers.probe.parent):
        mounts += ["-v", f"{directory}:{directory}:ro"]
    said = {mode: containers.podman(
        "run", "--rm", *DOCUMENTED, *HERE, *mounts, "--env", "TMPDIR=/tmp", "--entrypoint",
        "/sandbox-probe", IMAGE, mode, check=False).stdout for mode in ("attempts", "features")}
    print("  " + sandbox_probes.judge_attempts(
        said["attempts"], sandbox_probes.READ_ONLY))
    sandbox_probes.judge_features(said["features"])


WITHHELD = {
    # As a kernel that has none, and as a runtime that allows none: its own filter is there before.
    "landlock": {"names": ["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"],
                 "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
    "seccomp": {"names": ["seccomp"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1},
}


def processes_nothing_without_it(containers, state, samples):
    """A profile without a layer: an upload waits, status and doctor say why; with all it is made."""
    for number, (layer, rule) in enumerate(WITHHELD.items(), 1):
        profile = state.parent / f"without-{layer}.json"
        profile.write_text(json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]}))
        with containers.running(state, "--security-opt", f"seccomp={profile}") as box:
            status = wait_for("an answer", box.status, 60)
            expect((status["state"], status["sandbox"]) == ("degraded", "reduced"), f"{status}")
            expect(layer in status["sandboxMissing"], f"{status}")
            hidden = state / "inbox/.coming"
            hidden.write_bytes(samples.joinpath("logo.png").read_bytes() + bytes(number))
            hidden.chmod(0o644)
            hidden.rename(state / f"inbox/without-{layer}.png")
            wait_for("the upload in the queue",
                     lambda: (box.status() or {})["queue"]["available"] == number, 60)
            doctor = box.run("vitrinectl", "doctor", "--json", check=False)
            expect(doctor.returncode == 1, f"doctor exits with {doctor.returncode}")
            sandbox_probes.waits_for_a_sandbox(
                box.status(), json.loads(doctor.stdout), number, layer)
    with containers.running(state) as box:
        wait_for("the uploads to be made", lambda: (status := box.status())
                 and status["queue"]["available"] + status["queue"]["running"] == 0, 120)
        for layer in WITHHELD:
            manifest, = state.glob(f"storage/items/without-{layer}-*/manifest.json")
            provenance = json.loads(manifest.read_text())["provenance"]
            expect((provenance["sandbox"], provenance["attempts"]) == ("active", 1), f"{provenance}")


TESTS = [goes_in_and_comes_out, stops_when_told, holds_the_sandbox, processes_nothing_without_it]


def why_unavailable():
    if os.geteuid() != 0:
        return "it wants root"
    missing = [name for name in ("podman", "buildah", "runc", "mmdebstrap") if not shutil.which(name)]
    return f"there is no {', no '.join(missing)}" if missing else None


def main(programs, cache, probe=None):
    reason = why_unavailable()
    if reason:
        print(f"test-container: cannot run here: {reason}")
        return 77
    with machine.workspace() as place:
        place = pathlib.Path(place)
        try:
            base = machine.debian_archive(
                "image", {"debian-archive-keyring"}, pathlib.Path(cache))
        except machine.Unavailable as problem:
            print(f"test-container: cannot run here: {problem}")
            return 77
        make_samples(place / "samples")
        state = place / "state"
        state.mkdir()
        os.chown(state, 990, 990)
        os.chmod(place, 0o755)
        containers = Containers(
            place / "containers", programs, pathlib.Path(probe).resolve() if probe else None)
        try:
            for test in [lambda *_: containers.build(programs, base, place), *TESTS]:
                began = time.monotonic()
                skipped = test(containers, state, place / "samples")
                name = "builds" if test.__name__ == "<lambda>" else test.__name__
                word = f"skipped, {skipped}:" if skipped else "ok"
                print(f"  {word} {name} ({time.monotonic() - began:.0f} s)", flush=True)
        except machine.Failed as problem:
            print(f"test-container: FAILED: {problem}")
            return 1
    print(f"test-container: {len(TESTS)} tests and the build passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
