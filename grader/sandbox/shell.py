"""The shell that runs students' cells: as in Jupyter, but without other programs and typed lines.

This file is copied into the sandbox and imports nothing from the grader.
"""

import ast
import builtins
import importlib
import site
import sys

# Magics that need what the sandbox does not have, and that no answer needs.
EXTRAS = ("conda", "config", "edit", "load_ext", "matplotlib", "notebook", "reload_ext")


def warm(environment):
    """Import the packages that students' cells import; return the shell of this process."""
    for name in ("numpy", *(["tensorflow"] if environment == "tensorflow" else [])):
        importlib.import_module(name)
    return make()


def make():
    """Return the shell that runs the cells."""
    from IPython.core.history import HistoryManager
    from IPython.core.interactiveshell import InteractiveShell

    site.sethelper()  # `help`, and other names that Python lacks because it starts without `site`
    site.setcopyright()
    builtins.input = _no_input
    HistoryManager.enabled = False
    InteractiveShell.colors = "nocolor"
    if "" not in sys.path:  # what %%writefile wrote can be imported
        sys.path.append("")
    shell = _kind(InteractiveShell).instance()
    shell.ast_transformers.append(Imports())
    return shell


class Imports(ast.NodeTransformer):
    """Let a cell go on where a module is missing: its answer may not need it."""

    def visit_Module(self, module):
        """Change the imports that stand alone; what tries one itself stays as it is."""
        module.body = [new for old in module.body for new in self._guarded(old)]
        return ast.fix_missing_locations(module)

    def _guarded(self, statement):
        is_import = isinstance(statement, (ast.Import, ast.ImportFrom))
        if not is_import or getattr(statement, "module", "") == "__future__":
            return [statement]
        if isinstance(statement, ast.ImportFrom):
            return [_tried(statement)]
        parts = [ast.Import([name]) for name in statement.names]  # one may be missing
        return [_tried(ast.copy_location(part, statement)) for part in parts]


def _tried(statement):
    """Return a statement that goes on where an import fails."""
    tried = ast.parse("try: 0\nexcept ImportError: get_ipython().lacks()").body[0]
    tried.body = [statement]
    return tried


def _no_input(prompt=""):
    """Return an empty line: nobody is there to type one."""
    print(prompt)
    return ""


def _kind(base):
    """Return the class of the shell."""
    from IPython.utils.text import SList

    class Shell(base):
        """IPython without a terminal, a history file and external programs."""

        lacking = None

        def run_cell(self, *args, **named):
            """Run a cell; the first module that was missing explains all that follows."""
            self.lacking = None
            result = super().run_cell(*args, **named)
            result.error_in_exec = self.lacking or result.error_in_exec
            return result

        def lacks(self):
            """Report the missing module of the import that just failed, and go on."""
            problem = sys.exc_info()[1]
            self.lacking = self.lacking or problem
            print(f"{type(problem).__name__}: {problem}")

        def enable_gui(self, gui=None):
            """Accept %matplotlib inline: figures are made and never shown."""

        def ask_exit(self):
            """Ignore exit() in a cell, as Jupyter does."""

        def system(self, command):
            """Report that there are no other programs, instead of failing."""
            print("There are no other programs here.")

        def getoutput(self, command, split=True, depth=0):
            """Return no output, because no program ran."""
            self.system(command)
            return SList() if split else ""

        def run_line_magic(self, name, line, _stack_depth=1):
            """Go on where a magic fails that only Jupyter or an extension has: answers follow."""
            try:
                return super().run_line_magic(name, line, _stack_depth + 1)
            except Exception as problem:
                if self.find_line_magic(name) and name not in EXTRAS:
                    raise
                print(f"%{name} does not work here: {problem}")

    return Shell
