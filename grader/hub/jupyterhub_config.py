"""The settings of JupyterHub; grader/hub/__main__.py starts it and says in the environment where.

Everybody's server is a process of the user who starts the hub, so that this needs neither root nor
accounts of the system. It also means that nothing separates the students from each other. For a
class that you do not know, make accounts, start the hub as root, and replace the authenticator by
PAM and the spawner by LocalProcessSpawner; the rest stays.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821, JupyterHub defines it

here, programs = Path(__file__).parent, Path(sys.prefix) / "bin"
folder, port = Path(os.environ["HUB_FOLDER"]), int(os.environ["HUB_PORT"])
home = str(folder / "homes" / "{username}")

c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 1}"
c.JupyterHub.db_url = f"sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.command = [str(programs / "configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")

c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["HUB_PASSWORD"]
c.Authenticator.allowed_users = {"teacher", *os.environ["HUB_STUDENTS"].split()}

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = home
c.Spawner.notebook_dir = home
c.Spawner.cmd = [str(programs / "jupyter-labhub")]
c.Spawner.args = ["--allow-root"] * (os.geteuid() == 0)  # for trying it out in a container
c.Spawner.http_timeout = c.Spawner.start_timeout = 300
c.Spawner.environment = {
    "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
    "JUPYTER_CONFIG_PATH": str(here),  # nbgrader's settings
    "JUPYTER_PATH": str(folder / "jupyter"),  # the kernel, which is that of the book
    "HUB_FOLDER": str(folder),
}
