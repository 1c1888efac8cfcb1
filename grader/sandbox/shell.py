"""The shell that runs students' cells: as in Jupyter, but without other programs and typed lines.

This file is copied into the sandbox and imports nothing from the grader.
"""

import builtins
import importlib
import site

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
    return _kind(InteractiveShell).instance()


def _no_input(prompt=""):
    """Return an empty line: nobody is there to type one."""
    print(prompt)
    return ""


def _kind(base):
    """Return the class of the shell."""
    from IPython.utils.text import SList

    class Shell(base):
        """IPython without a terminal, a history file and external programs."""

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
