"""A machine with a kernel of its own, in qemu: for what a container cannot have, such as memory limits.

Its processor is emulated: slow, and the same everywhere, also where the tests' machine is virtual itself.
"""

import json
import os
import pathlib
import shutil
import socket
import subprocess

from machine import (
    SOURCE, Failed, Unavailable, debian_archive, runtime_directories, wait_for)

PROGRAMS = ("vitrined", "vitrinectl", "vitrine-worker")
# Beside the libraries that the programs need: a kernel, how it finds its disk, a service manager,
# and what the tests run inside.
INCLUDE = {"linux-image-cloud-amd64", "initramfs-tools", "systemd-sysv", "udev", "procps",
           "python3", "util-linux"}
PORT = "vitrine.agent"

# Runs what it is told over a port of the virtual machine, one line of JSON each way.
AGENT = """
import json, os, subprocess, time
place = "/dev/virtio-ports/%s"
while not os.path.exists(place):
    time.sleep(0.1)
port = open(place, "r+b", buffering=0)
port.write(b"{}\\n")
pending = b""
while True:
    got = port.read(65536)
    if not got:
        time.sleep(0.05)
        continue
    pending += got
    while b"\\n" in pending:
        line, pending = pending.split(b"\\n", 1)
        order = json.loads(line)
        try:
            done = subprocess.run(
                order["command"], input=order["data"], capture_output=True, text=True,
                errors="replace", timeout=order["timeout"],
                env={"PATH": "/usr/sbin:/usr/bin", "LC_ALL": "C.UTF-8"})
            answer = {"code": done.returncode, "out": done.stdout, "err": done.stderr}
        except subprocess.TimeoutExpired:
            answer = {"code": 124, "out": "", "err": "no end within the time-out"}
        reply = json.dumps(answer).encode() + b"\\n"
        while reply:
            reply = reply[port.write(reply):]
""" % PORT

AGENT_UNIT = """
[Service]
ExecStart=/usr/bin/python3 /usr/local/sbin/agent.py
[Install]
WantedBy=multi-user.target
"""


def why_unavailable():
    """None where a machine can be booted."""
    if os.geteuid() != 0:
        return "its root file system can only be made by root"
    for program in ("qemu-system-x86_64", "mmdebstrap", "mke2fs"):
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            return f"{program} is not installed"
    return None


def packages(programs):
    """Debian packages of the libraries that the programs load."""
    paths = set()
    for name in PROGRAMS:
        listing = subprocess.run(
            ["ldd", f"{programs}/{name}"], capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            path = line.split("=>")[-1].split("(")[0].strip()
            if path.startswith(("/lib", "/usr/lib")):
                # A package has it under one of both names.
                plain = path.removeprefix("/usr")
                paths |= {plain, "/usr" + plain}
    listing = subprocess.run(["dpkg", "-S", *sorted(paths)], capture_output=True, text=True).stdout
    return {line.split(":")[0] for line in listing.splitlines() if ": /" in line}


def debian(programs, cache):
    """An archive of a minimal Debian with a kernel and the programs' libraries."""
    return debian_archive("kernel", packages(programs) | INCLUDE, cache)


def make_disk(place, programs, cache, samples):
    """A machine on a disk with the programs installed as by a package, and samples in /srv."""
    root = place / "root"
    root.mkdir()
    subprocess.run(["tar", "-xpf", debian(programs, cache), "-C", root], check=True)
    staged = place / "staged"
    subprocess.run([SOURCE / "packaging/install.sh", programs, staged], check=True)
    shutil.copytree(staged, root, dirs_exist_ok=True)
    os.chmod(root / "etc/vitrine/credentials", 0o700)
    for directory in runtime_directories(programs):
        inside = root / directory.lstrip("/")
        inside.mkdir(parents=True, exist_ok=True)
        for library in pathlib.Path(directory).glob("*.so"):
            shutil.copy(library, inside)
    shutil.copytree(samples, root / "srv/samples")
    (root / "etc/machine-id").write_text("")
    (root / "etc/sysusers.d").mkdir(exist_ok=True)
    (root / "etc/sysusers.d/webapp.conf").write_text("u webapp -\nm webapp vitrine-upload\n")
    (root / "usr/local/sbin/agent.py").write_text(AGENT)
    (root / "etc/systemd/system/agent.service").write_text(AGENT_UNIT)
    wants = root / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    os.symlink("/etc/systemd/system/agent.service", wants / "agent.service")
    os.symlink("/usr/lib/systemd/system/vitrined.service", wants / "vitrined.service")
    for name, pattern in (("kernel", "vmlinuz-*"), ("initrd", "initrd.img-*")):
        shutil.copy(next((root / "boot").glob(pattern)), place / name)
    subprocess.run(
        ["mke2fs", "-q", "-t", "ext4", "-d", root, place / "disk", "6G"], check=True,
        stdout=subprocess.DEVNULL)
    shutil.rmtree(root)
    return VirtualMachine(place)


class VirtualMachine:
    """Boots a disk. `with VirtualMachine(place) as machine:` ends it for certain."""

    def __init__(self, place):
        self.place = place
        self.qemu = self.port = self.leader = None

    def __enter__(self):
        try:
            self.boot()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.kill()

    def boot(self, memory="3G"):
        console, agent = self.place / "console.log", self.place / "agent"
        agent.unlink(missing_ok=True)
        self.qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2",
             "-m", memory,
             "-nographic", "-monitor", "none", "-serial", f"file:{console}", "-no-reboot",
             "-nic", "none", "-device", "virtio-rng-pci",
             "-drive", f"file={self.place / 'disk'},format=raw,if=virtio",
             "-device", "virtio-serial-pci",
             "-chardev", f"socket,id=agent,path={agent},server=on,wait=off",
             "-device", f"virtserialport,chardev=agent,name={PORT}",
             "-kernel", self.place / "kernel", "-initrd", self.place / "initrd",
             "-append", "root=/dev/vda rw console=ttyS0 lsm=landlock,lockdown,yama,integrity,bpf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wait_for("qemu to listen", lambda: agent.exists() or self.qemu.poll() is not None, 10)
        if self.qemu.poll() is not None:
            raise Unavailable(f"qemu: {self.qemu.stderr.read().decode()[-800:]}")
        self.port = socket.socket(socket.AF_UNIX)
        self.port.connect(str(agent))
        self.pending = b""
        try:
            self._line(180)
        except Failed:
            text = console.read_text(errors="replace")[-2000:]
            raise Unavailable(f"the virtual machine did not boot: {text}")
        self.leader = self.qemu.pid
        # The agent is among what is waited for, so the manager is done when it has nothing queued.
        wait_for("the machine to boot", lambda: not self.run(
            "systemctl", "list-jobs", "--no-legend", check=False).stdout.strip(), 120, pause=0.5)

    def _line(self, seconds):
        self.port.settimeout(seconds)
        while b"\n" not in self.pending:
            try:
                got = self.port.recv(65536)
            except socket.timeout:
                raise Failed(f"no answer from the virtual machine within {seconds} s")
            if not got:
                raise Failed("the virtual machine is gone")
            self.pending += got
        line, self.pending = self.pending.split(b"\n", 1)
        return json.loads(line)

    def run(self, *command, check=True, user=None, timeout=120, data=None):
        """Runs a command inside; its output as text."""
        command = [str(part) for part in command]
        if user:
            command = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--", *command]
        order = {"command": command, "data": data or "", "timeout": timeout}
        self.port.sendall(json.dumps(order).encode() + b"\n")
        answer = self._line(timeout + 30)
        result = subprocess.CompletedProcess(
            command, answer["code"], answer["out"], answer["err"])
        if check and result.returncode != 0:
            raise Failed(
                f"{' '.join(command)}: exit {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    def shell(self, script, **options):
        return self.run("bash", "-euo", "pipefail", "-c", script, **options)

    def show(self, unit, name):
        return self.run("systemctl", "show", "-P", name, unit).stdout.strip()

    def read(self, path):
        return self.run("cat", path).stdout.strip()

    def write(self, path, text):
        self.run("tee", path, data=text)

    def kill(self):
        if self.port:
            self.port.close()
        if self.qemu and self.qemu.poll() is None:
            self.qemu.kill()
            self.qemu.wait()
        self.leader = None
