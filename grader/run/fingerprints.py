"""Fingerprints of submissions' own plans, kept between commands.

Each takes milliseconds to compute, and every command needs all of them: ten thousand take minutes.
They are used again only while every file that right answers are computed with is the same.
"""

import hashlib
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np

from grader import files


class Fingerprints:
    """Fingerprints in a file; a damaged or outdated file counts as missing.

    Parameters
    ----------
    path : path
        The file.
    version : str
        The version of the grader.
    """

    def __init__(self, path, version):
        """Read what is known."""
        self.path, self.code = Path(path), code(version)
        content = files.read_json(path)
        fits = isinstance(content, dict) and content.get("code") == self.code
        known = content.get("known") if fits else None
        self.known = known if isinstance(known, dict) else {}
        self.is_new = False

    def of(self, about, compute):
        """Return the fingerprint of a plan; `about` is data that determines it."""
        name = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]
        if name not in self.known:
            self.known[name], self.is_new = compute(), True
        return self.known[name]

    def save(self):
        """Write what became known."""
        if self.is_new:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = {"code": self.code, "known": self.known}
            files.write(self.path, json.dumps(content), mode=0o600)


def code(version):
    """Return a hash of what right answers are computed with: lossutils, NumPy, the grader."""
    parts = [version.encode(), np.__version__.encode(), sys.version.encode()]
    for folder in importlib.util.find_spec("lossutils").submodule_search_locations:
        paths = sorted(path for path in Path(folder).rglob("*") if path.suffix != ".pyc")
        parts += [path.read_bytes() for path in paths if path.is_file()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
