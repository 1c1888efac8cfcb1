"""The settings of JupyterHub; grader/hub/__main__.py starts it and says in the environment where.

With accounts of the system, the hub runs as root, and everybody's server as that user. Without,
everybody's server is a process of the user who starts the hub, so that this needs neither root nor
accounts; then nothing separates the students from each other.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821, JupyterHub defines it

here, programs = Path(__file__).parent, Path(sys.prefix) / "bin"
folder, port = Path(os.environ["HUB_FOLDER"]), int(os.environ["HUB_PORT"])
accounts, own = "HUB_ACCOUNTS" in os.environ, folder / "state"
home = "~" if accounts else str(folder / "homes" / "{username}")

c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 1}"
c.JupyterHub.db_url = f"sqlite:///{own}/hub.sqlite"
c.JupyterHub.cookie_secret_file = str(own / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.command = [str(programs / "configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(own / "proxy.pid")

c.JupyterHub.authenticator_class = "pam" if accounts else "dummy"
c.PAMAuthenticator.open_sessions = False
c.DummyAuthenticator.password = os.environ.pop("HUB_PASSWORD")
c.Authenticator.allowed_users = {"teacher", *os.environ["HUB_STUDENTS"].split()}

c.JupyterHub.spawner_class = "localprocess" if accounts else "simple"
c.SimpleLocalProcessSpawner.home_dir_template = home
c.Spawner.notebook_dir = home
c.Spawner.cmd = [str(programs / "jupyter-labhub")]
# For trying it out in a container:
c.Spawner.args = ["--allow-root"] * (os.geteuid() == 0 and not accounts)
c.Spawner.http_timeout = c.Spawner.start_timeout = 300
c.Spawner.environment = {
    "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
    "JUPYTER_CONFIG_PATH": str(here),  # nbgrader's settings
    "JUPYTER_PATH": str(folder / "jupyter"),  # the kernel, which is that of the book
    "HUB_FOLDER": str(folder),
}
