"""Start JupyterHub for a class, on the loopback interface of this machine.

Usage: python -m grader.hub FOLDER --students ada eve [--port 8000]

The folder holds what belongs to the hub: the exchange, a folder for each user, its database and its
password, which is the same for all and is drawn at the first start. The user `teacher` is always
there. It uses the ports from --port to --port + 2.
"""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path

BOOK = Path(__file__).parents[2]
CONFIG = Path(__file__).with_name("jupyterhub_config.py")
KERNEL = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]


def prepare(folder):
    """Make the hub's folder; return the password."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    (folder / "exchange").mkdir(exist_ok=True)
    (folder / "exchange").chmod(0o777)  # as nbgrader requires
    kernel = folder / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    about = {"argv": [str(BOOK / ".venv" / "bin" / "python"), *KERNEL]}
    about |= {"display_name": "Python 3 (Loss Functions)", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(about), encoding="utf-8")
    password = folder / "password"
    if not password.exists():
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(9), encoding="utf-8")
    return password.read_text(encoding="utf-8")


def main(arguments=None):
    """Prepare the folder, say how to log in, and become the hub."""
    parser = argparse.ArgumentParser(prog="python -m grader.hub", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", nargs="+", required=True, metavar="NAME")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    password = prepare(folder)
    names = ", ".join(["teacher", *options.students])
    print(f"http://127.0.0.1:{options.port}  users: {names}; password: {password}", flush=True)
    own = {"HUB_FOLDER": str(folder), "HUB_PORT": str(options.port), "HUB_PASSWORD": password}
    own["HUB_STUDENTS"] = " ".join(options.students)
    program = str(Path(sys.prefix) / "bin" / "jupyterhub")
    os.chdir(folder)
    os.execve(program, [program, "--config", str(CONFIG)], os.environ | own)


if __name__ == "__main__":
    main()
