"""Cells that attack the grader from within a right notebook, which must keep all of its points."""

CELLS = {
    "ends the process": "import os\nos._exit(0)",
    "kills everybody": """
import os
for pid in (os.getppid(), 1, -1, 0):
    try:
        os.kill(pid, 9)
    except (OSError, ValueError) as problem:
        print(problem)
""",
    "crashes in C": "import ctypes\nctypes.string_at(8)",
    "a fork bomb": """
import os
for _ in range(200):
    try:
        os.fork()
    except OSError:
        pass
""",
    "asks for 100 GB": "kept = np.ones(10**11 // 8)",
    "fills the disk": """
for number in range(99):
    open(f"/tmp/{number}", "wb").write(bytes(10**7))
""",
    "a flood of output": """
for _ in range(10_000):
    print("x" * 1000)
""",
    "replaces NumPy and the modules that replies need": """
import base64, json, struct
np.isclose = np.allclose = np.array_equal = lambda *a, **k: True
json.dumps = json.loads = struct.pack = base64.b64encode = None
""",
    "looks for the solutions": """
import os
for folder, _, names in os.walk("/"):
    for name in names:
        if name.endswith(".ipynb") or name == "seed":
            print(open(os.path.join(folder, name)).read())
""",
    "prints a result of its own": """
print('{"state": "graded", "points": 99}')
""",
}
