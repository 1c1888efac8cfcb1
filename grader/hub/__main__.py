"""Start JupyterHub for a class, on the loopback interface of this machine.

Usage: python -m grader.hub FOLDER --students ada eve [--accounts] [--port 8000]

The folder holds what belongs to the hub: the exchange, a folder for each user, its database and its
password, which is the same for all and is drawn at the first start. The user `teacher` is always
there. With --accounts, started by root, users are accounts of the system: each logs in with the
password of the account, works in its home, and cannot read the files of others. It uses the ports
from --port to --port + 2.
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
    (folder / "state").mkdir(exist_ok=True, mode=0o700)
    password = folder / "password"
    if not password.exists():
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(9), encoding="utf-8")
    return password.read_text(encoding="utf-8")


def obstacles(names):
    """Return a sentence for each reason why these accounts cannot use the hub, or not safely."""
    if os.geteuid() != 0:
        return ["with --accounts, the hub must be started by root, to become its users"]
    import pwd  # which Windows lacks

    known = {each.pw_name: Path(each.pw_dir) for each in pwd.getpwall()}
    homes = {name: known.get(name) for name in names}
    return [_obstacle(name, home) for name, home in homes.items() if _obstacle(name, home)]


def _obstacle(name, home):
    """Return what is wrong with one account, or ""."""
    if home is None:
        return f"there is no account {name}; make it: useradd --create-home {name}; passwd {name}"
    if not home.is_dir():
        return f"the account {name} has no home {home}"
    is_open = home.stat().st_mode & 0o077
    return f"others may enter {home}; close it: chmod 700 {home}" if is_open else ""


def main(arguments=None):
    """Check the accounts, and start the hub."""
    parser = argparse.ArgumentParser(prog="python -m grader.hub", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", nargs="+", required=True, metavar="NAME")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--accounts", action="store_true", help="users are the system's accounts")
    options = parser.parse_args(arguments)
    names = ["teacher", *options.students]
    if options.accounts and (sentences := obstacles(names)):
        sys.exit("\n".join(f"error: {each}" for each in sentences))
    start(options, names)


def start(options, names):
    """Say how to log in, and become the hub."""
    folder = options.folder.resolve()
    password = prepare(folder)
    known = "that of the account" if options.accounts else password
    print(f"http://127.0.0.1:{options.port}  users: {', '.join(names)}; password: {known}",
          flush=True)  # fmt: skip
    own = {"HUB_FOLDER": str(folder), "HUB_PORT": str(options.port), "HUB_PASSWORD": password}
    own["HUB_STUDENTS"] = " ".join(options.students)
    own |= {"HUB_ACCOUNTS": "1"} if options.accounts else {}
    program = str(Path(sys.prefix) / "bin" / "jupyterhub")
    os.chdir(folder)
    os.execve(program, [program, "--config", str(CONFIG)], os.environ | own)


if __name__ == "__main__":
    main()
