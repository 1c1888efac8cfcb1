"""A hub with accounts of the system, in a mount namespace of its own: no account is left behind.

Usage, as root: unshare --mount --propagation private python hub_accounts.py RELEASE ANSWERED OUT

The teacher releases, two students work as in `hub_session`, one of them looks for what belongs to
others, and the teacher collects into OUT. Prints one JSON object about what happened.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
HUB = ROOT / ".venv-hub" / "bin"
NAMES = ("teacher", "ada", "eve")
PASSWORD, PORT, PATIENCE = "of-the-account", 18990, 300


def run(*words, **options):
    """Run a program of the system; end with its errors if it fails."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr}{done.stdout}")
    return done.stdout


def closed(path):
    """Return the topmost folder above a path that others may not enter, or None."""
    folders = [*reversed(path.parents), path]
    return next((each for each in folders if not each.stat().st_mode & 0o001), None)


def open_folders(layers):
    """Let everybody reach the repository, its environments and their Python, and nothing more."""
    bases = {str(HUB / "python"), str(ROOT / ".venv" / "bin" / "python")}
    show = "import sys; print(sys.base_prefix)"
    paths = [ROOT, (ROOT / ".venv").resolve(), HUB.parent.resolve()]
    paths += [Path(run(base, "-c", show).strip()) for base in sorted(bases)]
    tops = [top for top in map(closed, paths) if top]
    for number, path in enumerate(paths):
        (layers / str(number)).mkdir()
        run("mount", "--bind", path, layers / str(number))
    for top in dict.fromkeys(tops):
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", top)
    for number, path in enumerate(paths):
        path.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", layers / str(number), path)


def make_accounts(layers):
    """Make the accounts, in a copy of the system's settings that only this namespace sees."""
    for name in ("upper", "work", "homes"):
        (layers / name).mkdir()
    parts = f"lowerdir=/etc,upperdir={layers}/upper,workdir={layers}/work"
    run("mount", "-t", "overlay", "overlay", "-o", parts, "/etc")
    for name in NAMES:
        home = layers / "homes" / name
        run("useradd", "--create-home", "--home-dir", home, "--key", "HOME_MODE=0700", name)
    lines = "".join(f"{name}:{PASSWORD}\n" for name in NAMES)
    run("chpasswd", input=lines)


def home_of(name):
    """Return the home of an account."""
    return Path(f"~{name}").expanduser()


def as_teacher(folder, *words):
    """Run a command of nbgrader as in a terminal of the teacher's server."""
    home = home_of("teacher")
    own = {"HOME": home, "JUPYTERHUB_USER": "teacher", "HUB_FOLDER": folder}
    own |= {"JUPYTER_CONFIG_PATH": ROOT / "grader" / "hub", "PATH": f"{HUB}:{os.environ['PATH']}"}
    settings = [f"{name}={value}" for name, value in own.items()]
    words = ["-u", "teacher", "--", "env", *settings, HUB / "nbgrader", *words]
    return run("runuser", *words, cwd=home)


def wait_for(address, process, log):
    """Wait until a page comes."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit(log.read_text(errors="replace")[-2000:])


def work(folder, address, release, answered):
    """Release, let both students work, and collect; return what happened."""
    teacher = home_of("teacher")
    shutil.copytree(release, teacher / "release" / "softmax")
    run("chown", "-R", "teacher:", teacher)
    as_teacher(folder, "release_assignment", "softmax")
    others = [*(home_of(name) for name in ("ada", "teacher")), folder / "state",
              folder / "password", folder / "exchange/losses/inbound"]  # fmt: skip
    words = [ROOT / "tests/grader/hub_session.py", address, PASSWORD, answered, "ada", "eve"]
    spying = os.environ | {"SPY": json.dumps([str(path) for path in others])}
    report = json.loads(run(HUB / "python", *words, env=spying))
    as_teacher(folder, "collect", "softmax")
    return report | {"looked for": len(others)}


def main():
    """Make the accounts and the hub; print the report."""
    release, answered, out = map(Path, sys.argv[1:])
    layers = Path(tempfile.mkdtemp(prefix="hub-accounts-"))
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", layers)
    kept = layers / "given"
    shutil.copytree(release, kept)
    text, folder, log = answered.read_text(encoding="utf-8"), layers / "hub", layers / "log"
    (layers / "answered.ipynb").write_text(text, encoding="utf-8")
    run("mount", "--bind", out, _new_folder(layers / "out"))
    open_folders(layers)
    make_accounts(layers)
    command = [HUB / "python", "-m", "grader.hub", folder, "--accounts", "--students", "ada", "eve"]
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [*map(str, command), "--port", str(PORT)], stdout=output, stderr=output, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{PORT}/hub/login", process, log)
        address = f"http://127.0.0.1:{PORT}"
        report = work(folder, address, kept, layers / "answered.ipynb")
        report["owners"] = owners(folder)
        shutil.copytree(layers / "homes/teacher/submitted", layers / "out/submitted")
        print(json.dumps(report))
    finally:
        process.terminate()
        process.wait(timeout=60)
        subprocess.run(["umount", "--lazy", layers], check=False)
        layers.rmdir()


def owners(folder):
    """Return to whom the servers of this hub belong, as the kernel says."""
    names, mark = set(), f"HUB_FOLDER={folder}".encode()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().split(b"\0")
            is_own = mark in (path / "environ").read_bytes().split(b"\0")
            if is_own and any(word.endswith(b"/jupyter-labhub") for word in words):
                names.add(path.owner())
        except OSError:
            continue
    return sorted(names)


def _new_folder(folder):
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
