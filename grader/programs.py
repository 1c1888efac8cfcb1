"""Where the programs are that the project starts: browsers, bubblewrap, npm.

The system's own take precedence; `make toolchain` fetches what the system lacks.
"""

import os
import shutil
from pathlib import Path

FETCHED = Path(__file__).parents[1] / ".tools" / "bin"


def find(*names):
    """Return the path of the first of these programs that is installed, or None."""
    paths = [shutil.which(name, path=path) for path in (None, FETCHED) for name in names]
    return next(filter(None, paths), None)


def environment():
    """Return this process's environment, in which programs find the fetched ones too."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(FETCHED)])
    return os.environ | {"PATH": path}
