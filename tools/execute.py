"""Execute the book's notebooks on all cores into the cache that the build reads.

Usage: python -m tools.execute [--jobs N]

A notebook whose code was executed before with the same `lossutils` and the same versions is not
executed again; `make nbval` keeps what it executed, too.
"""

import argparse
import hashlib
import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

from tools import notebooks
from website import toc

BUILD = Path("_build")
CACHE = BUILD / ".jupyter_cache"
FINGERPRINT = BUILD / "executed-with"
# A kernel that draws figures for the site: sharp at every size, and a fifth of the bytes.
KERNELS = Path(__file__).with_name("jupyter").resolve()


def pages(root="."):
    """Return the notebooks that the table of contents below `root` names, in its order."""
    text = Path(root, "_toc.yml").read_text(encoding="utf-8")
    files = [Path(f"{name}.ipynb") for name in toc.names(yaml.safe_load(text))]
    return [path for path in files if Path(root, path).exists()]


def fingerprint():
    """Return a hash of all that outputs depend on besides the notebooks."""
    files = sorted(
        p for p in Path("lossutils").rglob("*") if p.suffix in {".py", ".json", ".mplstyle"}
    )
    digest = hashlib.sha256(sys.version.encode())
    own = [Path(notebooks.__file__), *sorted(KERNELS.rglob("*.json"))]
    for path in [Path("requirements.txt"), *own, *files]:
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def prepare():
    """Draw for the site, and drop what was executed and read with other code or versions."""
    os.environ["JUPYTER_PATH"] = str(KERNELS)
    if FINGERPRINT.exists() and FINGERPRINT.read_text() == fingerprint():
        return
    for folder in (CACHE, BUILD / ".doctrees"):
        shutil.rmtree(folder, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    FINGERPRINT.write_text(fingerprint())


def is_cached(cache, path):
    """Tell whether the code of this notebook was executed before."""
    try:
        cache.match_cache_notebook(notebooks.read(path))
    except KeyError:
        return False
    return True


def keep(path, notebook, seconds=None):
    """Put an executed notebook into the cache."""
    bundle = CacheBundleIn(notebook, str(path.resolve()), data={"execution_seconds": seconds})
    get_cache(CACHE).cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def execute(path):
    """Execute one notebook; return it, how long it took, and the error if it raised one."""
    start, notebook, error = time.perf_counter(), notebooks.read(path), None
    try:
        notebooks.run(notebook, path)
    except notebooks.FAILURES as raised:
        error = raised
    return notebook, time.perf_counter() - start, error


def execute_all(paths, jobs):
    """Execute notebooks, `jobs` at a time, and keep those that worked; return what failed."""
    cache, failures = get_cache(CACHE), []
    todo = [path for path in paths if not is_cached(cache, path)]
    print(f"{len(paths) - len(todo)} of {len(paths)} notebooks need no execution", flush=True)
    with ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(execute, path): path for path in todo}
        for number, done in enumerate(as_completed(running), 1):
            path, (notebook, seconds, error) = running[done], done.result()
            if error:
                failures.append(notebooks.failure(path, notebook, error))
            else:
                keep(path, notebook, seconds)
            state = "failed" if error else "executed"
            print(f"[{number}/{len(todo)}] {state} {path} in {seconds:.0f} s", flush=True)
    return failures


def main(arguments=None):
    """Run the command; the exit status is 1 when a notebook raised."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.execute", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="notebooks at a time")
    options = parser.parse_args(arguments)
    prepare()
    failures = execute_all(pages(), max(options.jobs, 1))
    for sentence in failures:
        print(sentence, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
