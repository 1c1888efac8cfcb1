"""A small assignment for the tests: its source, and submissions."""

import nbformat

POINTS = {"loss-tests": 4, "square-tests": 2, "masked-tests": 2, "both-tests": 2,
          "number-tests": 1, "reason-tests": 1}  # fmt: skip
MAX_POINTS = sum(POINTS.values())
SEED = "the secret of a round"

HIDDEN = {
    "loss-tests": """
def soft(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
def loss(labels, logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return -(labels * (shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))).sum(axis=-1)
def twice(labels, logits):
    return loss(labels, soft(logits))
def draw(rng):
    return {"labels": np.eye(4)[rng.integers(4, size=3)], "logits": rng.normal(size=(3, 4))}
def large(rng):
    return {"labels": np.eye(4)[[0, 1, 2]], "logits": 1e4 * rng.normal(size=(3, 4))}
check("the loss of three examples", call="cross_entropy", points=3, inputs=draw, cases=2,
      expected=loss,
      mistakes={"this is the loss after a second softmax; see double-softmax": twice,
                "labels and logits are swapped; see swapped-arguments":
                    lambda labels, logits: -(logits * np.log(np.maximum(labels, 1e-12))).sum(-1),
                "this is summed over the examples, not the classes; see axis":
                    lambda labels, logits: -(labels * np.log(soft(logits.T).T)).sum(0)})
check("the same with logits of ten thousand", call="cross_entropy", points=1, inputs=large,
      expected=loss)
""",
    "square-tests": """
check("the mean squared error", call="mean_squared_error", points=2,
      inputs=lambda rng: {"y_true": rng.normal(size=5), "y_pred": rng.normal(size=5)},
      expected=lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2),
      mistakes={"the mean is forgotten: this is one value per example; see reductions":
                    lambda y_true, y_pred: (y_true - y_pred) ** 2,
                "this is the sum; see reductions":
                    lambda y_true, y_pred: np.sum((y_true - y_pred) ** 2),
                "labels and predictions broadcast to a square; see shapes":
                    lambda y_true, y_pred: np.mean((y_true - y_pred[:, None]) ** 2)})
""",
    "masked-tests": """
check("the mean over what is not masked", call="masked_mean", points=2,
      inputs=lambda rng: [rng.normal(size=6), np.array([1.0, 1, 0, 1, 0, 1])],
      expected=lambda values, mask: (values * mask).sum() / mask.sum(),
      mistakes={"the mask is not used; see masks": lambda values, mask: values.mean(),
                "masked values count in the number; see masks":
                    lambda values, mask: (values * mask).mean()})
""",
    "both-tests": """
check("a loss and its gradient", call="value_and_gradient", points=2,
      inputs=lambda rng: [rng.normal(size=3)],
      expected=lambda x: {"loss": (x ** 2).sum(), "gradient": 2 * x},
      parts={"loss": 0.5, "gradient": 1.5},
      mistakes={"the gradient has the wrong sign; see gradients":
                    lambda x: {"loss": (x ** 2).sum(), "gradient": -2 * x}})
""",
    "number-tests": """
check_value("minus the logarithm of one half", name="answer", expected=np.log(2), within=1e-3,
            points=1, mistakes={"this is the logarithm to base 2; see units": 1.0})
""",
    "reason-tests": """
check_choice("why the maximum is subtracted", name="reason", right="b", points=1,
             because={"a": "Subtracting a constant changes no probability."})
""",
}

STUBS = {
    "loss": "def cross_entropy(labels, logits):\n    raise NotImplementedError()",
    "square": "def mean_squared_error(y_true, y_pred):\n    raise NotImplementedError()",
    "masked": "def masked_mean(values, mask):\n    raise NotImplementedError()",
    "both": "def value_and_gradient(x):\n    raise NotImplementedError()",
    "number": "answer = ...",
    "reason": "reason = ...",
}

RIGHT = {
    "loss": """
def cross_entropy(labels, logits):
    logits = logits - np.max(logits, axis=-1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(logits), axis=-1))
    return log_sum - np.sum(labels * logits, axis=-1)
""",
    "square": """
def mean_squared_error(y_true, y_pred):
    return np.mean(np.square(y_true - y_pred))
""",
    "masked": """
def masked_mean(values, mask):
    return np.sum(values * mask) / np.sum(mask)
""",
    "both": """
def value_and_gradient(x):
    return {"loss": np.sum(x**2), "gradient": 2 * x}
""",
    "number": "answer = 0.693",
    "reason": 'reason = "b"',
}


def _cell(kind, text, grade_id=None, points=0, solution=False, grade=False):
    """Return a cell in nbgrader's format."""
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    cell = make(text.strip("\n"))
    cell["id"] = grade_id or "title"
    if grade_id:
        cell.metadata["nbgrader"] = {
            "grade_id": grade_id, "grade": grade, "solution": solution, "locked": not solution,
            "task": False, "points": points, "schema_version": 3, "cell_type": kind,
        }  # fmt: skip
    return cell


def source():
    """Return the source notebook: solutions and hidden parts between their markers."""
    cells = [
        _cell("markdown", "# A small assignment"),
        _cell("code", "import numpy as np", "setup"),
    ]
    for name, stub in STUBS.items():
        solved = f"### BEGIN SOLUTION\n{RIGHT[name].strip()}\n### END SOLUTION"
        head = stub.split("\n")[0] + "\n" if stub.startswith("def") else ""
        text = solved.replace(head, "") if head else solved
        hidden = HIDDEN[f"{name}-tests"].strip()
        tests = f"assert True\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
        points = POINTS[f"{name}-tests"]
        cells.append(_cell("code", head + text, name, solution=True))
        cells.append(_cell("code", tests, f"{name}-tests", points, grade=True))
    words = "### BEGIN SOLUTION\nIt cancels.\n\n**Rubric**\n- 3: says so\n### END SOLUTION"
    cells.append(_cell("markdown", words, "words", 3, solution=True, grade=True))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["loss_book"] = {"assignment": "demo", "order": 1, "environment": "numpy"}
    return notebook


def submission(release, answers, extra=()):
    """Return a submission: answers in their cells, extra cells at the end."""
    notebook = nbformat.from_dict(release)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id].strip("\n")
    notebook.cells += [nbformat.v4.new_code_cell(code.strip("\n")) for code in extra]
    return notebook
