"""Execute the book's notebooks on all cores into the cache that the build reads.

Usage: python -m tools.execute [--jobs N]

A notebook whose code was executed before is not executed again, unless a module that it imports or
the versions changed, see tools/fingerprint.py; `make nbval` keeps what it executed, too.
"""

import argparse
import contextlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

from tools import fingerprint, kernel, notebooks, warm
from website import toc

BUILD = Path("_build")
CACHE = BUILD / ".jupyter_cache"


def pages(root="."):
    """Return the notebooks that the table of contents below `root` names, in its order."""
    text = Path(root, "_toc.yml").read_text(encoding="utf-8")
    files = [Path(f"{name}.ipynb") for name in toc.names(yaml.safe_load(text))]
    return [path for path in files if Path(root, path).exists()]


def prepare():
    """Draw for the site, and forget the notebooks that must be executed again."""
    kernels, others = str(fingerprint.KERNELS), os.environ.get("PYTHONPATH", "")
    os.environ["JUPYTER_PATH"] = kernels
    if kernels not in others.split(os.pathsep):  # where the kernel's extension is
        os.environ["PYTHONPATH"] = os.pathsep.join([kernels, *filter(None, [others])])
    cache = get_cache(CACHE)
    for path in pages():
        record = cached(cache, path)
        if record and record.data.get("fingerprint") != fingerprint.of_notebook(path):
            cache.remove_cache(record.pk)


def cached(cache, path):
    """Return the cache's record of a notebook with this code, or None."""
    try:
        return cache.match_cache_notebook(notebooks.read(path))
    except KeyError:
        return None


def is_compared(path):
    """Tell whether strict nbval compared these stored outputs with a run that is still valid."""
    cache = get_cache(CACHE)
    record = cached(cache, path)
    if record is None or record.data.get("fingerprint") != fingerprint.of_notebook(path):
        return False
    computed = cache.get_cache_bundle(record.pk).nb
    return _outputs(computed) == _outputs(notebooks.read(path))


def _outputs(notebook):
    """Return what the cells of a notebook store, without times and counts."""
    cells = [cell for cell in notebooks.canonical(notebook).cells if cell.cell_type == "code"]
    return [[dict(output, execution_count=None) for output in cell.outputs] for cell in cells]


def keep(path, notebook, executed_with, seconds=None):
    """Put an executed notebook into the cache, with the fingerprint it was executed with."""
    data = {"execution_seconds": seconds, "fingerprint": executed_with}
    bundle = CacheBundleIn(notebook, str(path.resolve()), data=data)
    get_cache(CACHE).cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def execute(path):
    """Execute one notebook; return it, how long it took, and the error if it raised one."""
    start, notebook, error = time.perf_counter(), notebooks.read(path), None
    try:
        kernel.run(notebook, path)
    except kernel.FAILURES as raised:
        error = raised
    return notebook, time.perf_counter() - start, error


def execute_all(paths, jobs):
    """Execute notebooks, `jobs` at a time, and keep those that worked; return what failed."""
    cache, failures = get_cache(CACHE), []
    todo = [path for path in paths if cached(cache, path) is None]
    executed_with = {path: fingerprint.of_notebook(path) for path in todo}
    print(f"{len(paths) - len(todo)} of {len(paths)} notebooks need no execution", flush=True)
    warm.register()
    several = warm.python_processes() if len(todo) > 2 else contextlib.nullcontext()
    with several, ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(execute, path): path for path in todo}
        for number, done in enumerate(as_completed(running), 1):
            path, (notebook, seconds, error) = running[done], done.result()
            if error:
                failures.append(kernel.failure(path, notebook, error))
            else:
                keep(path, notebook, executed_with[path], seconds)
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
