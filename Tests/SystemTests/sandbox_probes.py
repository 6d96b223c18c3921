"""What a worker's sandbox must refuse and allow, in whichever place it is tried."""

import json

import machine
from machine import expect, wait_for

# Of Tests/CSandboxProbe/probes.c, which may have more one day and never fewer.
PROBES = 149
# Refusals of ours. Another error would say that the kernel got as far as looking at it.
REFUSALS = {"EPERM", "EACCES", "ENOSYS", "ENOTTY"}
# Where the root is read-only, and where other users' processes are hidden (ProtectProc=), the place
# refuses before we do.
READ_ONLY = {"write.font": "EROFS"}
HIDDEN = {"read.parent.memory": "ENOENT", "read.parent.descriptors": "ENOENT"}
FEATURES = {"rehearsal", "confinement", "files", "threads", "fonts", "text", "svg", "svg picture",
            "pdf", "vector code", "temporary file"}


def judge_attempts(text, by_the_place={}):
    """Every probe was tried and denied in the way that is wanted; how many of which.

    `by_the_place` says for some how the place itself denies them.
    """
    rows = [line.split("\t") for line in text.splitlines()]
    wrong = [row for row in rows if len(row) != 4 or (
        row[3] != "SIGSYS" if row[2] == "SIGSYS" else
        row[2] != "refused" or row[3] not in REFUSALS | {by_the_place.get(row[0])})]
    expect(not wrong, f"not denied as wanted: {wrong}")
    names = {row[0] for row in rows}
    expect(len(names) == len(rows) >= PROBES, f"{len(rows)} probes, {len(names)} names: {text[-500:]}")
    ended = sum(row[3] == "SIGSYS" for row in rows)
    return f"{len(rows)} probes, {ended} ended with SIGSYS, {len(rows) - ended} refused"


def judge_features(text):
    """Everything that decoders need works, and nothing else was said."""
    rows = [line.split("\t") for line in text.splitlines()]
    found = {row[0]: row[1] for row in rows if len(row) == 2}
    wrong = {name: found.get(name, "not said") for name in FEATURES if found.get(name) != "ok"}
    expect(not wrong, f"does not work inside: {wrong}\n{text[-1500:]}")
    # It ends itself with SIGABRT, to show that this is told as what it is.
    expect(rows[-1] == ["abort"], f"it ended before its end: {text[-500:]}")


def in_the_unit(box):
    """The shipped unit's hardening around the program at /etc/sandbox-probe; what it counted."""
    unit = (machine.SOURCE / "systemd/vitrined.service").read_text()
    kept = [line for line in unit.splitlines()
            # The daemon's own runtime directory would go with the unit.
            if not line.startswith(("Type=", "Exec", "WatchdogSec=", "Restart", "RuntimeDirectory"))]
    at = kept.index("[Service]") + 1
    said = {}
    for mode in ("attempts", "features"):
        # A file and not the journal, which drops the last lines of whoever ends at once.
        text = kept[:at] + [
            "Type=oneshot", f"ExecStart=/etc/sandbox-probe {mode}",
            f"StandardOutput=truncate:/run/probe-{mode}.txt", "StandardError=journal"] + kept[at:]
        box.run("tee", f"/etc/systemd/system/probe-{mode}.service", data="\n".join(text))
        box.run("systemctl", "daemon-reload")
        result = box.run("systemctl", "start", f"probe-{mode}", check=False, timeout=600)
        said[mode] = box.run("cat", f"/run/probe-{mode}.txt", check=False).stdout
        if mode == "attempts":
            expect(result.returncode == 0, f"{result.stderr}\n{said[mode][-500:]}")
    judge_features(said["features"])
    return judge_attempts(said["attempts"], READ_ONLY | HIDDEN)


def fails_closed(site, filtered, layer, sample="logo.png"):
    """A unit that is refused these calls takes an upload in, makes nothing of it, says why, and makes it
    when the calls are back."""
    name = f"without-{layer}.png"
    site.drop_in("withheld", "[Service]\n" + "".join(
        # Unlike what the whole unit's filter refuses, these are as on a kernel without them.
        f"SystemCallFilter=~{call}:ENOSYS\n" for call in filtered))
    site.box.run("systemctl", "restart", "vitrined")
    status = wait_for(
        "a status that knows", lambda: (found := site.json("status"))["sandbox"] != "starting"
        and found.get("sandboxMissing") and found, 60)
    expect((status["state"], status["sandbox"]) == ("degraded", "reduced"), f"{status}")
    expect(layer in status["sandboxMissing"], f"{status['sandboxMissing']}")
    before = status["queue"]["available"]
    site.upload(sample, name)
    job = wait_for("the upload in the queue", lambda: next(
        (job for job in site.json("job", "list")["jobs"] if job["fileName"] == name), None), 60)
    waits_for_a_sandbox(site.json("status"), site.json("doctor"), before + 1, layer)
    expect(job["attempts"]["counted"] == 0, f"{job}")
    plan = site.ctl("item", "plan", job["item"], check=False)
    expect(plan.returncode != 0 and "sandbox" in plan.stderr, f"{plan.stdout}{plan.stderr}")
    site.drop_in("withheld", None)
    site.box.run("systemctl", "restart", "vitrined")
    item = site.ended(name)
    manifest = json.loads(site.box.run("cat", item["manifest"]).stdout)
    expect(manifest["provenance"]["sandbox"] == "active", f"{manifest['provenance']}")
    expect(manifest["provenance"]["attempts"] == 1, f"{manifest['provenance']}")


def waits_for_a_sandbox(status, doctor, available, layer):
    """No upload is processed, and the reason is where an operator looks."""
    queue = status["queue"]
    expect(queue["available"] == available and queue["running"] == 0, f"{queue}")
    finding = next(each for each in doctor["findings"] if each["check"] == "worker.sandbox")
    expect(finding["status"] == "error" and layer in finding["detail"]
           and "no upload is processed" in finding["advice"], f"{finding}")
