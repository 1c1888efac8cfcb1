"""What a notebook's outputs depend on besides its own code, as one hash per notebook.

These are the modules of the project that its cells import, directly or indirectly, without comments
and docstrings; the data files that these modules name; the versions; and how notebooks are run.
"""

import ast
import hashlib
import sys
from functools import lru_cache
from pathlib import Path

from tools import imports, kernel, notebooks

# A kernel that draws figures for the site: sharp at every size, a fifth of the bytes, two widths.
KERNELS = Path(__file__).with_name("jupyter").resolve()
DATA = {".json", ".mplstyle", ".csv"}
DOCSTRING_READERS = {"__doc__", "help", "getdoc", "testmod", "run_docstring_examples"}


def of_notebook(path, root="."):
    """Return the hash of all that a notebook's outputs depend on besides its own code."""
    digest = hashlib.sha256(sys.version.encode())
    for file in [Path(root, "requirements.txt"), *sorted(KERNELS.rglob("*.json"))]:
        digest.update(file.read_bytes())
    for file in [Path(kernel.__file__), *sorted(KERNELS.glob("*.py"))]:
        digest.update(_code(_text(file)).encode())
    cells = code_of(notebooks.read(Path(root, path)))
    keep = any(map(reads_docstrings, cells))
    for file in dependencies(cells, root):
        text = _text(file)
        code = _code(text, keep or _names_docstrings(text)) if file.suffix == ".py" else text
        digest.update(f"\0{file.relative_to(root).as_posix()}\0{code}".encode())
    return digest.hexdigest()


def code_of(notebook):
    """Return the sources of the cells that hold code."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def dependencies(sources, root="."):
    """Return the files below `root` of modules and data that these sources use, sorted."""
    packages = {path.parent.name for path in Path(root).glob("*/__init__.py")}
    names, seen, files = (
        [each.name for text in sources for each in imports.of_source(text)],
        set(),
        set(),
    )
    while names:
        name = names.pop()
        if name in seen or name.split(".")[0] not in packages:
            continue
        seen.add(name)
        for file in _files_of(name, root, names) - files:
            files.add(file)
            always, _ = imports.of_module(_text(file), imports.package_of(file, root))
            names += [each.name for each in always]
    return sorted(files | _data_of(files, sources, root))


def _files_of(name, root, names):
    """Return the files that importing a name runs; what one imports on demand joins the names."""
    file, attribute = imports.file_of(name, root), name.split(".")[-1]
    if file is None:
        return set()
    if file.name == "__init__.py" and file.parent.name != attribute:
        _, on_demand = imports.of_module(_text(file), imports.package_of(file, root))
        names += [each.name for each in on_demand if each.name.split(".")[-1] == attribute]
    return {file, *imports.packages_of(file, root)}


def _data_of(files, sources, root):
    """Return the data files that these modules or sources name.

    A data file that no module names belongs to every module of its folder.
    """
    packages = {Path(root, file.relative_to(root).parts[0]) for file in files}
    texts = [*sources, *map(_text, files)]
    every = [_text(file) for folder in packages for file in folder.rglob("*.py")]
    return {
        path
        for folder in packages
        for path in folder.rglob("*")
        if path.suffix in DATA
        and (
            _is_named(path, texts)
            or (not _is_named(path, every) and path.parent in {file.parent for file in files})
        )
    }


def _is_named(path, texts):
    """Tell whether a source names a data file: `experiments.json`, `lossutils.book.style`."""
    style = f'{path.parent.name}.{path.stem}"' if path.suffix == ".mplstyle" else path.name
    return any(path.name in text or style in text for text in texts)


def _text(file):
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def _code(source, docstrings=False):
    """Return a text that is the same for sources that differ in comments and docstrings only."""
    tree = ast.parse(source)
    for node in ast.walk(tree) if not docstrings else ():
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body[0] = ast.Pass()
    return ast.dump(tree)


def _names_docstrings(source):
    """Tell whether a module uses docstrings while it runs."""
    nodes = ast.walk(imports.parsed(source)) if "__doc__" in source else ()
    return any(_docstring_of(node) is not None for node in nodes)


def _docstring_of(node):
    """Return the expression whose docstring a node asks for, or None."""
    name = getattr(node, "attr", getattr(node, "id", ""))
    return getattr(node, "value", node) if name in DOCSTRING_READERS else None


def reads_docstrings(source):
    """Tell whether a cell shows docstrings, other than TensorFlow's."""
    asked = map(_docstring_of, ast.walk(imports.parsed(source)))
    return any(not ast.unparse(node).startswith("tf.") for node in asked if node is not None)
