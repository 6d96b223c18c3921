"""The service on a machine, and what the tests do with it."""

import json
import shutil
import subprocess

from machine import Failed, expect, wait_for

INBOX = "/var/lib/vitrine/inbox"
SETTINGS = "workers: { drain: 2s }\ninbox: { minimumFree: 64MiB, settle: 200ms }\n"


class Site:
    """The service on the machine, and what the tests do with it."""

    def __init__(self, box, samples):
        self.box, self.samples = box, samples

    def ctl(self, *arguments, **options):
        return self.box.run("vitrinectl", *arguments, **options)

    def json(self, *arguments):
        # Not checked: `doctor` exits with 1 when it finds something.
        result = self.ctl(*arguments, "--json", check=False)
        try:
            return json.loads(result.stdout)
        except ValueError:
            raise Failed(f"{arguments}: exit {result.returncode}: {result.stderr}")

    def settings(self, text):
        (self.box.root / "etc/vitrine/conf.d/test.yaml").write_text(text)

    def drop_in(self, name, text):
        """Text of a drop-in; None takes it away."""
        place = self.box.root / "etc/systemd/system/vitrined.service.d"
        place.mkdir(exist_ok=True)
        if text is None:
            (place / f"{name}.conf").unlink()
        else:
            (place / f"{name}.conf").write_text(text)
        self.box.run("systemctl", "daemon-reload")

    def start(self):
        self.box.run("systemctl", "start", "vitrined")

    def stop(self):
        self.box.run("systemctl", "stop", "vitrined")

    def main_pid(self):
        return int(self.box.show("vitrined", "MainPID"))

    def workers(self):
        """Those with an upload, and the one that they are forked from."""
        found = self.box.run("pgrep", "-x", "vitrine-(worker|zygote)", check=False).stdout.split()
        return [int(pid) for pid in found]

    def upload(self, sample, name):
        """As a web application: another user of the inbox's group, renamed into place when whole."""
        shutil.copy(self.samples / sample, self.box.root / "upload")
        self.box.run("chmod", "644", "/upload")
        script = (f"umask 027; cp /upload {INBOX}/.coming && "
                  f"mv {INBOX}/.coming {INBOX}/\"$1\"")
        self.box.run("bash", "-ec", script, "upload", name, user="webapp")

    def item(self, name):
        items = self.json("item", "list")["items"]
        return next((item for item in items if item["fileName"] == name), None)

    def ended(self, name, seconds=180):
        item = wait_for(
            f"{name} to end",
            lambda: (found := self.item(name)) and found["state"] in ("ready", "failed") and found,
            seconds)
        expect(item["state"] == "ready", f"{name} became {item['state']}: {item['reason']}")
        return item

    def running_job(self):
        jobs = [job for job in self.json("job", "list")["jobs"] if job["state"] == "running"]
        return jobs[0] if jobs else None

    def is_working(self):
        job = self.running_job()
        return job and job.get("progress") and job["progress"]["fraction"] > 0.02 and job

    def at_work(self, name):
        """A film is being made, one of that name if none was."""
        if not self.running_job():
            self.upload("long.mp4", name)
        return wait_for("work", self.is_working, 60)

    def journal(self, *matches):
        text = self.box.run("journalctl", "-o", "json", "--no-pager", *matches).stdout
        return [json.loads(line) for line in text.splitlines()]

    def answers(self):
        return self.ctl("status", check=False).returncode == 0

    def busy_worker(self):
        """The worker whose working directory is a scratch directory."""
        for pid in self.workers():
            here = self.box.run("readlink", f"/proc/{pid}/cwd", check=False).stdout
            if "/scratch/" in here:
                return pid
        return None


def make_samples(directory):
    """Media by code, small ones: this is about the service."""
    directory.mkdir(parents=True)

    def ffmpeg(*arguments):
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)

    def film(name, size, seconds):
        ffmpeg("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25:duration={seconds}",
               "-f", "lavfi", "-i", f"sine=frequency=330:duration={seconds}", "-c:v", "libx264",
               "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", directory / name)

    film("short.mp4", "426x240", 2)
    film("long.mp4", "1280x720", 30)
    ffmpeg("-f", "lavfi", "-i", "mandelbrot=size=1200x900:rate=1", "-frames:v", "1",
           directory / "photograph.jpg")
    ffmpeg("-f", "lavfi", "-i", "color=red@0.5:size=300x300,format=rgba", "-frames:v", "1",
           directory / "logo.png")
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:duration=3", directory / "song.mp3")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=1",
           directory / "moving.gif")
    (directory / "drawing.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><circle r="20"/></svg>')
    (directory / "letter.pdf").write_bytes(letter())


def letter():
    """A PDF of one page with a line of text, without a table of its objects: readers make one."""
    content = "BT /F 24 Tf 40 100 Td (Dear reader) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        "/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = "".join(f"{i} 0 obj\n{o}\nendobj\n" for i, o in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer\n<</Size 6/Root 1 0 R>>\n%%EOF\n".encode()
