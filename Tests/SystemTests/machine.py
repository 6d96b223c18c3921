"""A machine of its own: systemd as process 1 in systemd-nspawn, on this machine's /usr."""

import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class Unavailable(Exception):
    """Why no machine can be had here."""


class Failed(Exception):
    """What did not come out as it must."""


def this_suite():
    """This machine's release of Debian."""
    release = dict(
        line.rstrip().split("=", 1) for line in open("/etc/os-release") if "=" in line)
    return release["VERSION_CODENAME"].strip('"')


def debian_archive(name, packages, cache, suite=None):
    """An archive of a minimal Debian with these packages, from a mirror, kept.

    Of this machine's release when no suite is named.
    """
    include = ",".join(sorted(packages))
    suite = suite or this_suite()
    digest = hashlib.sha256((suite + include).encode()).hexdigest()[:12]
    archive = cache / f"{name}-{digest}.tar"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        new = archive.with_suffix(".new.tar")
        made = subprocess.run(
            ["mmdebstrap", "--variant=minbase", f"--include={include}", suite, new],
            capture_output=True, text=True)
        if made.returncode != 0:
            raise Unavailable(f"mmdebstrap: {made.stderr[-800:]}")
        new.rename(archive)
    return archive


def wait_for(what, look, seconds=30.0, pause=0.1):
    """The first true answer of `look`; `Failed` when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failed(f"waited {seconds:.0f} s for {what}")
        time.sleep(pause)


def expect(condition, text):
    if not condition:
        raise Failed(text)


def why_unavailable():
    """None where a machine can be booted."""
    if os.geteuid() != 0:
        return "systemd-nspawn needs root"
    if not shutil.which("systemd-nspawn"):
        return "systemd-nspawn is not installed (Debian: systemd-container)"
    if not cgroup_root():
        return "there is no cgroup v2 hierarchy to give to the machine"
    return None


def cgroup_root():
    for line in open("/proc/self/mounts"):
        _, place, kind, options = line.split()[:4]
        if kind == "cgroup2" and "rw" in options.split(","):
            return pathlib.Path(place)
    return None


class Machine:
    """Boots a root directory. `with Machine(root) as machine:` ends it for certain."""

    # A private mount namespace, so that nothing of the machine appears on this one; a /run that
    # nspawn may write; a control group of its own, as this one may have no service manager.
    BOOT = """
    mount --make-rprivate / && mount -t tmpfs tmpfs /run
    echo $$ > "$1/cgroup.procs"; shift
    exec systemd-nspawn "$@"
    """

    def __init__(self, root, binds=(), overlay=None):
        self.root = pathlib.Path(root)
        self.binds = list(binds)
        self.overlay = overlay
        self.nspawn = None
        self.leader = None

    def __enter__(self):
        self.boot()
        return self

    def __exit__(self, *_):
        self.kill()

    def boot(self):
        self.group = cgroup_root() / f"vitrine-test-{os.getpid()}"
        self.group.mkdir(exist_ok=True)
        options = [
            "--quiet", "--boot", "--register=no", "--keep-unit", "--machine=vitrine",
            f"--directory={self.root}", "--private-network", "--link-journal=no",
            "--console=pipe", "--resolv-conf=off", "--timezone=off",
            # Not among what nspawn 252 lets through by itself.
            "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self",
        ]
        options += [f"--bind-ro={place}" for place in self.binds]
        if self.overlay:
            options.append(f"--overlay-ro=/usr:{self.overlay}:/usr")
        environment = dict(
            os.environ, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1", SYSTEMD_NSPAWN_LOCK="0")
        self.console = open(self.root.parent / "console.log", "ab")
        self.nspawn = subprocess.Popen(
            ["unshare", "-m", "bash", "-euc", self.BOOT, "boot", self.group, *options],
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=subprocess.STDOUT,
            env=environment)
        self.leader = wait_for("systemd to be started", self._find_leader, 20)
        wait_for("the machine to boot", self._is_booted, 60)

    def _find_leader(self):
        if self.nspawn.poll() is not None:
            text = (self.root.parent / "console.log").read_text(errors="replace")[-2000:]
            raise Unavailable(f"systemd-nspawn ended with {self.nspawn.returncode}: {text}")
        listing = subprocess.run(
            ["pgrep", "-P", str(self.nspawn.pid), "-x", "systemd"], capture_output=True, text=True)
        return int(listing.stdout.split()[0]) if listing.stdout.split() else None

    def _is_booted(self):
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state in ("running", "degraded")

    def run(self, *command, check=True, user=None, timeout=120, data=None):
        """Runs a command inside; its output as text."""
        enter = ["nsenter", "-t", str(self.leader), "-m", "-p", "-u", "-i", "-n", "-C", "--"]
        if user:
            group = "nogroup" if user == "nobody" else user
            enter += ["setpriv", "--reuid", user, "--regid", group, "--init-groups", "--"]
        result = subprocess.run(
            enter + [str(part) for part in command], capture_output=True, text=True,
            timeout=timeout, input=data, env={"PATH": "/usr/sbin:/usr/bin", "LC_ALL": "C.UTF-8"})
        if check and result.returncode != 0:
            raise Failed(
                f"{' '.join(map(str, command))}: exit {result.returncode}\n"
                f"{result.stdout}{result.stderr}")
        return result

    def shell(self, script, **options):
        return self.run("bash", "-euo", "pipefail", "-c", script, **options)

    def show(self, unit, name):
        return self.run("systemctl", "show", "-P", name, unit).stdout.strip()

    def power_off(self, seconds=120):
        """As an administrator does; returns when the machine is off."""
        self.run("systemctl", "poweroff", "--no-block")
        try:
            self.nspawn.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"the machine was not off after {seconds} s")
        finally:
            self.leader = None

    def kill(self):
        if self.nspawn and self.nspawn.poll() is None:
            # nspawn takes the whole machine with it.
            if self.leader:
                try:
                    os.kill(self.leader, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                self.nspawn.wait(10)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        if self.nspawn:
            self.console.close()
        for directory, _, _ in os.walk(self.group, topdown=False):
            try:
                os.rmdir(directory)
            except OSError:
                pass


def make_root(directory, programs):
    """A root on this machine's /usr, with Vitrine installed as a package would.

    Gives the machine that boots from it.
    """
    directory = pathlib.Path(directory)
    root, overlay, staged = directory / "root", directory / "usr", directory / "staged"
    for name in ("usr", "etc", "var/lib", "tmp", "root", "run", "proc", "sys", "dev"):
        (root / name).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), root / name)
    for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts"):
        source = pathlib.Path("/etc") / name
        if source.is_dir():
            shutil.copytree(source, root / "etc" / name, symlinks=True)
        elif source.exists():
            shutil.copy(source, root / "etc" / name)
    (root / "etc/passwd").write_text(
        "root:x:0:0:root:/root:/bin/bash\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n")
    (root / "etc/group").write_text("root:x:0:\nnogroup:x:65534:\n")
    (root / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    (root / "etc/os-release").write_text("ID=test\n")
    (root / "etc/machine-id").write_text("")
    subprocess.run([SOURCE / "packaging/install.sh", programs, staged], check=True)
    os.rename(staged / "usr", overlay)
    shutil.copytree(staged / "etc", root / "etc", dirs_exist_ok=True)
    os.chmod(root / "etc/vitrine/credentials", 0o700)
    # Where the web application of the tests comes from.
    (root / "etc/sysusers.d").mkdir(exist_ok=True)
    (root / "etc/sysusers.d/webapp.conf").write_text("u webapp -\nm webapp vitrine-upload\n")
    wants = root / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    os.symlink("/usr/lib/systemd/system/vitrined.service", wants / "vitrined.service")
    # What a machine in a box has no use for.
    for unit in ("systemd-networkd", "systemd-resolved", "systemd-timesyncd", "getty@",
                 "console-getty", "apt-daily", "nginx", "systemd-logind"):
        os.symlink("/dev/null", root / f"etc/systemd/system/{unit}.service")
    return Machine(root, binds=runtime_directories(programs), overlay=overlay)


def runtime_directories(programs):
    """Where programs built here have libraries outside of /usr: those of a Swift tool chain."""
    found = set()
    for name in ("vitrined", "vitrinectl", "vitrine-worker"):
        listing = subprocess.run(
            ["ldd", f"{programs}/{name}"], capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            path = line.split("=>")[-1].split("(")[0].strip()
            if path.startswith("/") and not path.startswith(("/usr/", "/lib")):
                found.add(os.path.dirname(path))
    return found


def workspace():
    return tempfile.TemporaryDirectory(prefix="vitrine-machine-", dir="/var/tmp")


def run_tests(title, box, site, tests, names=()):
    """Boots the machine and runs functions on the site in turn; the exit code.

    Each goes on where the one before it left off, so the first that fails ends it.
    """
    began = time.monotonic()
    try:
        with box:
            for test in tests:
                if names and test.__name__ not in names:
                    continue
                start = time.monotonic()
                name = test.__name__.replace("_", " ")
                try:
                    skipped = test(site)
                except (Failed, subprocess.TimeoutExpired) as problem:
                    print(f"{name}: FAILED: {problem}", flush=True)
                    if box.leader:
                        print(box.run("journalctl", "-u", "vitrined", "-n", "20", "--no-pager",
                                      check=False).stdout)
                    return 1
                word = f"skipped, {skipped}" if skipped else "passed"
                print(f"{name}: {word} ({time.monotonic() - start:.1f} s)", flush=True)
    except Unavailable as problem:
        print(f"{title}: cannot run here: {problem}")
        return 77
    print(f"{title}: all passed, {time.monotonic() - began:.0f} s")
    return 0
