#!/usr/bin/env python3
"""A control group for each worker, on a kernel that bounds memory. Usage: test_groups.py PROGRAMS CACHE

Boots a Debian with the service and examples/groups.conf in qemu, and looks at what the kernel does.
CACHE keeps the Debian, from a mirror. Needs root; says why where it cannot run (exit code 77).
"""

import pathlib
import shutil
import signal
import subprocess
import sys

import machine
import sandbox_probes
import virtual_machine
from machine import expect, wait_for
from site_under_test import INBOX, SETTINGS, Site, make_samples

GROUP = "/sys/fs/cgroup/system.slice/vitrined.service"
DROP_IN = "/etc/systemd/system/vitrined.service.d/groups.conf"


class RemoteSite(Site):
    """The service on a machine whose files are its own."""

    def settings(self, text):
        self.box.write("/etc/vitrine/conf.d/test.yaml", text)

    def upload(self, sample, name):
        script = (f"umask 027; cp /srv/samples/{sample} {INBOX}/.coming && "
                  f"mv {INBOX}/.coming {INBOX}/\"$1\"")
        self.box.run("bash", "-ec", script, "upload", name, user="webapp")

    def drop_in(self, name, text):
        place = "/etc/systemd/system/vitrined.service.d"
        if text is None:
            self.box.run("rm", f"{place}/{name}.conf")
        else:
            self.box.run("mkdir", "-p", place)
            self.box.write(f"{place}/{name}.conf", text)
        self.box.run("systemctl", "daemon-reload")

    def group(self, pid):
        """Below the mount, of a process."""
        return "/sys/fs/cgroup" + self.box.read(f"/proc/{pid}/cgroup").removeprefix("0::")

    def groups(self):
        names = self.box.run("ls", GROUP).stdout.split()
        return {name for name in names if name.startswith("worker-")}

    def finding(self):
        findings = self.json("doctor")["findings"]
        return next(each for each in findings if each["check"] == "worker.groups")


def make_film(file):
    """Small, for a processor that is emulated."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi",
         "-i", "testsrc2=size=320x180:rate=25:duration=3", "-c:v", "libx264", "-preset",
         "ultrafast", "-pix_fmt", "yuv420p", file], check=True)


def without_delegation(site):
    """As the unit is shipped: no groups, and all works."""
    site.settings(SETTINGS)
    site.start()
    site.box.run("systemctl", "restart", "vitrined")
    expect(site.json("status")["sandbox"] == "active", f"{site.json('status')}")
    expect(site.json("status")["workers"]["groups"] == [], "there are groups")
    finding = site.finding()
    expect(finding["status"] == "ok" and "resource limits alone" in finding["detail"], f"{finding}")
    expect(site.group(site.main_pid()) == GROUP, "the daemon went elsewhere")
    site.upload("logo.png", "plain.png")
    site.ended("plain.png")


def holds_the_sandbox(site):
    """On this kernel too: as root, as nobody, and in the unit."""
    box = site.box
    if box.run("test", "-e", "/srv/samples/sandbox-probe", check=False).returncode:
        return "no sandbox-probe among the programs (a release build has none)"
    box.run("install", "-m", "755", "/srv/samples/sandbox-probe", "/etc/sandbox-probe")
    box.run("install", "-d", "-m", "777", "/srv/probing")
    for user in (None, "nobody"):
        as_user = [] if user is None else [
            "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        said = {mode: box.run("env", "TMPDIR=/srv/probing", *as_user, "/etc/sandbox-probe", mode,
                              check=False, timeout=600).stdout for mode in ("attempts", "features")}
        print(f"  {user or 'root'}: {sandbox_probes.judge_attempts(said['attempts'])}")
        sandbox_probes.judge_features(said["features"])
    print("  unit: " + sandbox_probes.in_the_unit(box))


def processes_nothing_without_it(site):
    """Where a layer of the sandbox cannot be had, uploads wait, and it is said why."""
    sandbox_probes.fails_closed(
        site, ["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"], "landlock")


def bounds_each_worker(site):
    """With the drop-in: the daemon in its leaf, a group for each worker, gone with it."""
    text = (machine.SOURCE / "systemd/examples/groups.conf").read_text()
    site.box.run("mkdir", "-p", DROP_IN.rsplit("/", 1)[0])
    site.box.write(DROP_IN, text)
    site.box.run("systemctl", "daemon-reload")
    site.box.run("systemctl", "restart", "vitrined")
    status = site.json("status")
    expect(status["workers"]["groups"] == ["cpu", "memory", "pids"], f"{status['workers']}")
    problems = [each for each in site.json("doctor")["findings"] if each["status"] != "ok"]
    expect(not problems, f"doctor says {problems}")
    expect("memory" in site.finding()["detail"], f"{site.finding()}")
    box = site.box
    expect(site.group(site.main_pid()) == f"{GROUP}/daemon", "the daemon is not in its leaf")
    # Of the others' groups it still sees no more than before.
    mounts = box.read(f"/proc/{site.main_pid()}/mountinfo").splitlines()
    modes = {line.split()[4]: line.split()[5].split(",")[0] for line in mounts if "cgroup2" in line}
    expect(modes == {"/sys/fs/cgroup": "ro", GROUP: "rw"}, f"{modes}")
    site.upload("film.mp4", "bounded.mp4")
    wait_for("work", site.is_working, 180)
    busy = site.busy_worker()
    place = site.group(busy)
    expect(place == f"{GROUP}/worker-{busy}", f"the worker is in {place}")
    expect(box.read(f"{place}/cgroup.procs") == str(busy), "it is not alone")
    bound = int(box.read(f"{place}/memory.max"))
    held = site.json("status")["workers"]["heldMemoryBytes"]
    expect(held < bound <= 2 * held + (256 << 20), f"bound {bound}, held {held}")
    values = {name: box.read(f"{place}/{name}") for name in (
        "memory.swap.max", "memory.oom.group", "pids.max", "cpu.weight")}
    expect(values == {"memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "4096",
                      "cpu.weight": "100"}, f"{values}")
    used = int(box.read(f"{place}/memory.current"))
    expect(32 << 20 < used <= bound, f"{used} bytes are charged to it")
    site.ended("bounded.mp4", 300)
    wait_for("the group to go", lambda: f"worker-{busy}" not in site.groups(), 20)
    # The one that workers are forked from has no upload, and is the daemon's.
    zygote, = site.workers()
    expect(not site.groups() and site.group(zygote) == f"{GROUP}/daemon", f"{site.groups()}")


def ends_one_that_needs_too_much(site):
    """A worker at its bound ends alone, its job says why, and gets more the next time."""
    site.upload("film.mp4", "hungry.mp4")
    job = wait_for("work", site.is_working, 180)
    daemon, busy = site.main_pid(), site.busy_worker()
    place = site.group(busy)
    bound = int(site.box.read(f"{place}/memory.max"))
    site.box.write(f"{place}/memory.max", str(24 << 20))

    def ended():
        attempts = site.json("job", "show", str(job["id"]))["attemptList"]
        return attempts[0].get("outcome") and attempts[0]
    attempt = wait_for("the attempt to end", ended, 60)
    reason = attempt["reason"]
    expect(reason["code"] == "workerMemory", f"{reason}")
    expect("24.0 MiB" in reason["operator"] and "limits." in reason["operator"], f"{reason}")
    expect(site.main_pid() == daemon, "the daemon is another")
    wait_for("work again", site.is_working, 180)
    again = int(site.box.read(f"{site.group(site.busy_worker())}/memory.max"))
    expect(again > bound, f"it gets {again} where it had {bound}")
    site.ended("hungry.mp4", 300)
    expect(site.main_pid() == daemon, "the daemon is another")
    expect(site.box.show("vitrined", "ActiveState") == "active", "the unit is not active")


def comes_back_after_a_kill(site):
    """kill -9: the next daemon finds its place again, and nothing of the last one is left."""
    site.upload("film.mp4", "killed.mp4")
    wait_for("work", site.is_working, 180)
    old = site.main_pid()
    site.box.run("kill", "-KILL", old)
    wait_for("another daemon", lambda: site.main_pid() not in (0, old), 20)
    wait_for("an answer", site.answers, 20)
    expect(site.json("status")["workers"]["groups"] == ["cpu", "memory", "pids"], "no groups")
    site.box.run("systemctl", "reload", "vitrined")
    site.ended("killed.mp4", 300)
    # What workers are forked from sees no upload, and has none.
    expect(site.groups() == set(), f"{site.groups()}")
    expect(len(site.workers()) <= 1, f"{site.workers()}")
    site.stop()
    expect(site.box.show("vitrined", "Result") == "success", "the stop was no success")


TESTS = [
    without_delegation, holds_the_sandbox, processes_nothing_without_it, bounds_each_worker,
    ends_one_that_needs_too_much, comes_back_after_a_kill]


def main(programs, cache, names):
    reason = virtual_machine.why_unavailable()
    if reason:
        print(f"test-groups: cannot run here: {reason}")
        return 77
    with machine.workspace() as place:
        place = pathlib.Path(place)
        make_samples(place / "samples")
        make_film(place / "samples/film.mp4")
        probe = pathlib.Path(programs) / "sandbox-probe"
        if probe.exists():
            shutil.copy(probe, place / "samples")
        try:
            box = virtual_machine.make_disk(
                place, programs, pathlib.Path(cache), place / "samples")
        except machine.Unavailable as problem:
            print(f"test-groups: cannot run here: {problem}")
            return 77
        return machine.run_tests("test-groups", box, RemoteSite(box, None), TESTS, names)


if __name__ == "__main__":
    # Told to end, it ends the machine first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
