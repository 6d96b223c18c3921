"""Stands in for vitrine-worker where a test is about the daemon: answers within milliseconds.

`install(target, worker)` writes the program that is named to the daemon. It is a zygote like the
real one, and what it forks says and makes what the plan asks for, out of a few bytes that are no
picture: the daemon believes sizes and digests, and looks into nothing. Uploads whose name begins with

    poison-   end the process that looks at them with a segmentation fault,
    slow-     take half a second, so that a kill finds somebody at work,
    real-     are handed to the real worker, with everything that is said.
"""

import ctypes
import hashlib
import json
import os
import select
import signal
import socket
import sys
import time

READY = {"ready": {"_0": {"protocolVersion": 1, "sandbox": "active", "versions": {"stub": "1"}}}}
PROBED = {"probed": {"_0": {
    "byteCount": 0, "chapters": [], "format": "jpeg", "image": {
        "bands": 3, "bitDepth": 8, "codedSize": {"height": 48, "width": 64}, "hasAlpha": False,
        "hasProfile": False, "interpretation": "srgb", "isAnimated": False, "isGraphic": False,
        "isSceneLinear": False, "isWideGamut": False, "loader": "jpegload_source", "orientation": 1,
        "page": 0, "pageCount": 1},
    "kind": "image", "mediaType": "image/jpeg", "otherAudio": [], "streams": [], "subtitles": [],
    "tags": {}, "warnings": []}}}
PLACEHOLDER = {"placeholder": {"_0": {
    "aspectRatio": 4 / 3, "blurHash": "LTEVB8,7wN*ZH?O0W?PL~qs5WYmd", "dominantColor": "#033e02",
    "palette": [], "thumbHash": "UCgKTYaFhnqViGhveEiIeH9J97yF"}}}
FINISHED = {"finished": {"_0": {"cpuSeconds": 0.001, "peakResidentBytes": 1 << 20}}}
# Types and suffixes of what a plan can ask for, by its format.
KINDS = {"jpeg": ("image/jpeg", "jpg"), "png": ("image/png", "png"),
         "webp": ("image/webp", "webp"), "avif": ("image/avif", "avif")}


def install(target, worker):
    """Writes a program that is this stub in front of `worker`."""
    target.write_text(
        "#!/usr/bin/python3\nimport sys\n"
        f"sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})\n"
        f"import stub_worker\nstub_worker.main({str(worker)!r})\n")
    target.chmod(0o755)


def say(control, *words):
    control.sendall(b"".join(json.dumps(word).encode() + b"\n" for word in words))


def hear(control):
    """The next command, as it came."""
    line = b""
    while not line.endswith(b"\n"):
        data = control.recv(1 << 16)
        if not data:
            os._exit(0)
        line += data
    return line


def zygote(control):
    """Makes workers; returns the control socket of one, in that one."""
    clone_parent, clone = 0x8000, {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not data:
            os._exit(0)
        worker = ctypes.CDLL(None).syscall(clone, clone_parent | signal.SIGCHLD, 0, 0, 0, 0)
        if worker == 0:
            os.setpgid(0, 0)
            control.detach()
            os.dup2(descriptors[1], 2)
            os.dup2(descriptors[0], 3)
            os.closerange(4, 64)
            return socket.socket(fileno=3)
        for descriptor in descriptors:
            os.close(descriptor)
        say(control, {"forked": {"_0": {"processID": worker}}})


def attempt(control, worker):
    """One upload."""
    say(control, READY)
    handed, descriptors, _, _ = socket.recv_fds(control, 1, 2)
    if not handed:
        os._exit(0)
    upload, scratch = descriptors
    line = hear(control)
    name = json.loads(line)["probe"]["_0"]["fileName"]
    if name.startswith("real-"):
        hand_over(control, worker, handed, descriptors, line)
    if name.startswith("poison-"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if name.startswith("slow-"):
        time.sleep(0.5)
    report = PROBED
    report["probed"]["_0"]["byteCount"] = os.fstat(upload).st_size
    say(control, report)
    plan = json.loads(hear(control))["execute"]["_0"]
    say(control, PLACEHOLDER)
    content = os.read(upload, 1 << 16)
    for picture in plan["still"]["pictures"]:
        say(control, artifact(picture, content, scratch))
    say(control, FINISHED)
    os._exit(0)


def artifact(picture, content, scratch):
    """Makes one; what is said of it."""
    output, size = picture["output"], picture["size"]
    media_type, suffix = KINDS[picture["format"]]
    data = output["name"].encode() + b" of " + content
    digest = hashlib.sha256(data).hexdigest()
    path = f"{output['name'].split('.')[0]}.{digest[:8]}.{suffix}"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=scratch)
    os.write(file, data)
    os.close(file)
    return {"artifact": {"_0": {
        "companions": [], "file": {"byteCount": len(data), "path": path, "sha256": digest},
        "description": {
            "height": size["height"], "width": size["width"], "key": output["key"],
            "mediaType": media_type, "name": output["name"], "reason": output["reason"],
            "role": output["role"]}}}}


def hand_over(control, worker, handed, descriptors, line):
    """Starts the real worker, tells it what was heard, and passes everything on until it ends."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        os.dup2(theirs.fileno(), 3)
        os.execve(worker, [worker], dict(os.environ))
    theirs.close()
    # Its first word; the daemon has had ours.
    hear(ours)
    socket.send_fds(ours, [handed], descriptors)
    ours.sendall(line)
    while True:
        ready, _, _ = select.select([control, ours], [], [])
        for source, sink in ((ours, control), (control, ours)):
            if source not in ready:
                continue
            data = source.recv(1 << 16)
            if data:
                sink.sendall(data)
            elif source is control:
                os._exit(0)
            else:
                code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                if code < 0:
                    os.kill(os.getpid(), -code)
                os._exit(code)


def main(worker):
    control = socket.socket(fileno=3)
    if "--zygote" in sys.argv:
        say(control, READY)
        control = zygote(control)
    attempt(control, worker)
