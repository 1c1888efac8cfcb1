"""The environments of students' code, and the parts of the system that they need."""

import os
import platform
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]  # the folder that holds the environments
SHARED = ("worker.py", "isolation.py", "calls.py", "shell.py", "substitutes.py", "values.py")
ENVIRONMENTS = {"numpy": ".venv-kernel", "tensorflow": ".venv-kernel-tensorflow"}
OTHER_PACKAGES = ("site-packages", "dist-packages")


class Failure(RuntimeError):  # noqa: N818
    """The sandbox failed; this says nothing about the submission."""


class Python:
    """The Python of an environment: its location, and the parts of the system that it needs."""

    def __init__(self, folder):
        """Inspect a virtual environment."""
        self.folder = Path(folder).absolute()
        if not (self.folder / "bin/python").exists():
            raise Failure(f"there is no environment {self.folder}; run: make grader-envs")
        self.program = (self.folder / "bin/python").resolve()
        self.base = self.program.parent.parent
        self.packages = next(self.folder.glob("lib/python3.*/site-packages"))
        self.version = self.packages.parent.name

    def binds(self):
        """Return the visible files, read-only: path in the sandbox -> path outside."""
        visible = {path: path for path in self._libraries() if os.path.exists(path)}
        if str(self.base) != "/usr":
            visible["/python/lib"] = str(self.base / "lib")
            visible[f"/python/bin/{self.program.name}"] = str(self.program)
        else:
            for path in (str(self.program), f"/usr/lib/{self.version}"):
                visible[path] = path
        visible["/packages"] = str(self.packages)
        return visible | {f"/grader/{name}": str(HERE / name) for name in SHARED}

    def _libraries(self):
        """Return where the system's shared libraries are, as precisely as it is known."""
        processor = f"{platform.machine()}-linux-gnu"
        if os.path.isdir(f"/usr/lib/{processor}") and os.path.islink("/lib"):
            return [f"/usr/lib/{processor}", "/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache"]
        return ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache"]

    def hidden(self):
        """Return the folders of other packages, which must not be visible."""
        root = "/usr/lib" if str(self.base) == "/usr" else "/python/lib"
        folders = [self.base / "lib" / self.version / name for name in OTHER_PACKAGES]
        hidden = [f"{root}/{self.version}/{folder.name}" for folder in folders if folder.is_dir()]
        whole = "/usr/lib" in self._libraries() and os.path.isdir("/usr/lib/python3/dist-packages")
        return hidden + (["/usr/lib/python3/dist-packages"] if whole else [])


def quiet_environment():
    """Return the whole environment of a student's process."""
    return {
        "HOME": "/tmp", "TMPDIR": "/tmp", "USER": "student", "PATH": "",
        "LANG": "C", "PYTHONUTF8": "1",  # no other locale is in the sandbox
        "LD_LIBRARY_PATH": "/python/lib", "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp/.matplotlib", "IPYTHONDIR": "/tmp/.ipython",
        # Each arena reserves 64 MB of address space for a thread: training twice needed too much.
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "-1",
    }  # fmt: skip
