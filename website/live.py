"""Serve the built book with a Jupyter server, so that the cells of its pages run on the pages.

Usage: python -m website.live FOLDER [--port N]

The server listens on 127.0.0.1 only and answers only to those who know its token. The pages and the
kernels have the same origin, so no other page in the browser can reach a kernel.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

# No setting and no extension of this machine's Jupyter may widen what this server allows.
os.environ["JUPYTER_NO_CONFIG"] = "1"

from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado import web
from traitlets.config import Config

from website import built, cells, exercises

NOTEBOOKS = Path("book")
POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; frame-ancestors 'none'; "
    "base-uri 'self'; form-action 'self'; object-src 'none'"
)


class Guarded(JupyterHandler):
    """An answer for those who know the token, and for no other site."""

    content_security_policy = POLICY

    def set_default_headers(self):
        """Let no other site embed the answer, learn its address or keep it."""
        super().set_default_headers()
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-cache")


class File(Guarded, web.StaticFileHandler):
    """A file of the site, as it is."""

    @web.authenticated
    async def head(self, path):
        """Answer as `get` does, without the content."""
        await super().get(path, include_body=False)

    @web.authenticated
    async def get(self, path, include_body=True):
        """Send the file."""
        await super().get(path, include_body)


class Page(Guarded):
    """A page of the site, with the script that runs its cells."""

    def initialize(self, path):
        """Take the folder of the site."""
        self.root = path

    @web.authenticated
    async def get(self, name):
        """Send the page; the token leaves the address once the browser holds the cookie."""
        if "token" in self.request.query_arguments:
            self.redirect(self.request.path)
            return
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root) or not path.is_file():
            raise web.HTTPError(404)
        self.xsrf_token  # noqa: B018  (reading it sets the cookie that requests must show)
        folder = path.parent.relative_to(self.root)
        folder = folder.relative_to("book").as_posix() if folder.parts[:1] == ("book",) else ""
        text = path.read_text(encoding="utf-8")
        self.finish(cells.with_script(text, "/live/", python="kernel", folder=folder))


class Connection(ZMQChannelsWebsocketConnection):
    """A page's connection to its kernel; it counts from the moment that the page asks for it."""

    current: ClassVar = set()

    async def prepare(self):
        """Wait for the kernel, which may still be starting."""
        self.current.add(self)
        try:
            await super().prepare()
        except BaseException:
            self.current.discard(self)
            raise
        if self not in self.current:  # what follows would log an error for each page left now
            raise web.HTTPError(404, "The page is gone.")

    @property
    def write_message(self):
        """Send a message; that a page is gone meanwhile is not an error."""
        return self._send

    def _send(self, *message, **options):
        sending = self.websocket_handler.write_message(*message, **options)
        sending.add_done_callback(lambda done: done.cancelled() or done.exception())
        return sending

    def disconnect(self):
        """Notice that the page is gone, even if it went before the kernel was ready."""
        self.current.discard(self)
        super().disconnect()


class Kernels(AsyncMappingKernelManager):
    """Kernels that end with their pages, and leave the terminal to the server."""

    async def _async_start_kernel(self, **options):
        return await super()._async_start_kernel(**options, stderr=subprocess.DEVNULL)

    start_kernel = _async_start_kernel

    async def cull_kernel_if_idle(self, kernel_id):
        """End a kernel that no page has been connected to for a while, whatever it does.

        Jupyter's own rule spares a kernel that goes on printing, and one whose page was left while
        it was connecting: that page counts as -1 connections.
        """
        if (kernel := self._kernels.get(kernel_id)) is None:
            return  # it has ended meanwhile
        connected = any(page.kernel_id == kernel_id for page in Connection.current)
        # Looks are counted, not seconds: on a machine that stood still the page had no time either.
        kernel.unseen = 0 if connected else getattr(kernel, "unseen", 0) + 1
        if kernel.unseen * self.cull_interval > self.cull_idle_timeout:
            await self.shutdown_kernel(kernel_id)


class Live(ServerApp):
    """A Jupyter server that offers kernels and the book, and nothing else."""

    default_services = ("auth", "kernels")

    def init_webapp(self):
        """Add the pages and their scripts to what the server answers."""
        super().init_webapp()
        names = "|".join(name.replace(".", r"\.") for name in cells.KERNEL_FILES)
        files = [
            (r"/site/(.+\.html)", Page, {"path": self.site}),
            (r"/site/(.+)", File, {"path": str(self.site)}),
            (rf"/live/({names})", File, {"path": str(cells.FOLDER)}),
            (r"/live/exercises/([\w-]+\.py)", File, {"path": str(exercises.FOLDER.resolve())}),
        ]
        self.web_app.add_handlers(".*$", files)

    def init_signal(self):
        """End at once, kernels first, when the person or the system says so."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self.stop(from_signal=True))


def settings(port, token):
    """Return the settings of the server; each that guards a kernel is written out."""
    server = {
        "ip": "127.0.0.1",
        "port": port,
        "port_retries": 0,
        "open_browser": False,
        "allow_root": True,  # as containers do
        "default_url": "/site/index.html",
        "root_dir": str(NOTEBOOKS.resolve()),
        "log_level": "ERROR",
        "allow_origin": "",
        "allow_origin_pat": "",
        "allow_remote_access": False,
        "allow_unauthenticated_access": False,
        "disable_check_xsrf": False,
        "identity_provider_class": IdentityProvider,
        "kernel_manager_class": Kernels,
        "kernel_websocket_connection_class": Connection,
        "cookie_secret": secrets.token_bytes(32),  # a cookie of an earlier run opens nothing
    }
    identity = {"token": token, "cookie_options": {"samesite": "Lax"}}
    # A page ends its kernel when it is left, if it can; a page that lost its connection has this
    # many seconds to come back.
    culling = {"cull_idle_timeout": 10, "cull_interval": 1}
    return Config(ServerApp=server, IdentityProvider=identity, MappingKernelManager=culling)


def free_port(port):
    """Return the port, or a free one for 0; a port that cannot be used ends in one sentence."""
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as problem:
            sys.exit(
                f"error: port {port} cannot be used ({problem}); "
                "try another port, for example: make live PORT=8080"
            )
        return probe.getsockname()[1]


def main(arguments=None):
    """Serve the book and its kernels until the person stops it with Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m website.live", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=built.folder)
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    options = parser.parse_args(arguments)
    port, token = free_port(options.port), secrets.token_urlsafe(24)
    server = Live(config=settings(port, token))
    server.site = options.folder.resolve()
    server.initialize(argv=[], find_extensions=False)
    line = f"The live book is at http://127.0.0.1:{port}/?token={token} (stop with Ctrl-C)"
    server.io_loop.add_callback(print, line, flush=True)  # once the server listens
    server.start()


if __name__ == "__main__":
    main()
