"""Check the answer to an exercise of a page: right, a known mistake, or what is wrong with it.

Pyodide runs this in the reader's browser, and the tests run it in CPython. It imports only the
standard library. CONTRIBUTING says what the file of an exercise holds.
"""

import copy
import json
import math

RELATIVE = 1e-6  # the grader allows as much in float64
LIST_SHOWN = 60  # characters of a list in a sentence


def check(source, code, show, run, printed):
    """Run an answer, call its function with every input of the exercise, and judge the results.

    Parameters
    ----------
    source : str
        The file of the exercise.
    code : str
        The reader's answer.
    show : function
        Receives as JSON what the answer prints, while it runs.
    run, printed : functions
        Those of `runner.py`.

    Returns
    -------
    dict
        `verdict` is "right", "wrong", "missing" or "error", `message` a sentence, and `see` the
        label of the section that explains a known mistake, or "".
    """
    exercise, names, errors = load(source), {"__name__": "__main__"}, []
    run(code, 1, lambda text: _sort(text, show, errors), names)
    function = names.get(exercise["FUNCTION"])
    if not callable(function):
        missing = f"There is no function {exercise['FUNCTION']}."
        return verdict("error", sentence(errors[0])) if errors else verdict("missing", missing)
    with printed(show):
        results = [result_of(function, inputs) for inputs in exercise["CASES"]]
    judged = judge(exercise, results)
    # A line below the function may fail because of the mistake in it: the mistake says more.
    return verdict("error", sentence(errors[0])) if errors and not judged["see"] else judged


def attempt(code, show, run):
    """Run an answer alone; return "ran" or "error" as the verdict, and what went wrong."""
    errors = []
    status = run(code, 1, lambda text: _sort(text, show, errors), {"__name__": "__main__"})
    return verdict("error", sentence(errors[0])) if status == "error" else verdict("ran", "")


def _sort(text, show, errors):
    """Pass an output on, and keep an error: the verdict tells it."""
    output = json.loads(text)
    if output["output_type"] == "error":
        errors.append(output)
    else:
        show(text)


def load(source):
    """Return the names that the file of an exercise defines."""
    exercise = {"__name__": "exercise"}
    exec(compile(source, "<exercise>", "exec"), exercise)
    return exercise


def result_of(function, inputs):
    """Return the result of a call, arrays as lists, or the exception that it raised."""
    try:
        result = function(*copy.deepcopy(inputs))
        return result.tolist() if hasattr(result, "tolist") else result
    except BaseException as problem:  # an answer may also exit
        return problem


def judge(exercise, results):
    """Return the verdict on the results of an answer, one for each input of the exercise."""
    expected = [result_of(exercise["expected"], inputs) for inputs in exercise["CASES"]]
    for inputs, result, right in zip(exercise["CASES"], results, expected, strict=True):
        call = f"{exercise['FUNCTION']}({', '.join(map(shown, inputs))})"
        if isinstance(result, NotImplementedError) or result is ...:
            return verdict("missing", f"{exercise['FUNCTION']} is not written yet.")
        if isinstance(result, BaseException):
            return _known(exercise, results) or verdict("error", f"{call} raised {raised(result)}.")
        if words := difference(result, right):
            return _known(exercise, results) or verdict("wrong", f"{call} {words}.")
    return verdict("right", f"Right, for all {len(results)} inputs that were tried.")


def _known(exercise, results):
    """Return the verdict on a known mistake, which gives all of the results, or None."""
    for mistake, words, see in exercise["MISTAKES"]:
        values = [result_of(mistake, inputs) for inputs in exercise["CASES"]]
        if all(map(_same, results, values)):
            return verdict("wrong", words, see)
    return None


def _same(result, value):
    """Tell whether a result is that of a mistake: equal numbers, or the same exception."""
    if isinstance(value, BaseException):
        return type(result) is type(value)
    return not difference(result, value)


def verdict(kind, message, see=""):
    """Return a verdict."""
    return {"verdict": kind, "message": message, "see": see}


def reply(source, code, show, run, printed):
    """Return the verdict of `check`, or of `attempt` where there is no source, as JSON."""
    done = check(source, code, show, run, printed) if source else attempt(code, show, run)
    return json.dumps(done)


def difference(result, right):
    """Return how a result differs from the right one, or "" if it does not.

    Examples
    --------
    >>> difference(0.5, 0.25)
    'gives 0.5, expected 0.25'
    >>> difference([1.0], [1.0, 2.0])
    'gives a list of 1 number, expected a list of 2 numbers'
    >>> difference(0.25 + 1e-9, 0.25)
    ''
    """
    values, wanted = numbers(result), numbers(right)
    if values is None or isinstance(result, (list, tuple)) != isinstance(right, (list, tuple)):
        return f"gives {kind(result)}, expected {kind(right)}"
    if len(values) != len(wanted):
        return f"gives {kind(result)}, expected {kind(right)}"
    largest = max(map(abs, filter(math.isfinite, wanted)), default=0.0)
    if all(near(*pair, RELATIVE * largest / 100) for pair in zip(values, wanted, strict=True)):
        return ""
    return f"gives {shown(result)}, expected {shown(right)}"


def numbers(value):
    """Return a number, or a list of numbers, as a list of float; None for anything else."""
    items = value if isinstance(value, (list, tuple)) else [value]
    try:
        return None if any(map(_is_text, items)) else [float(item) for item in items]
    except (TypeError, ValueError, OverflowError):
        return None


def _is_text(value):
    return isinstance(value, (str, bytes))


def near(value, wanted, absolute):
    """Tell whether two numbers are as good as equal; nan equals nan.

    Examples
    --------
    >>> near(float("inf"), float("inf"), 0), near(0.0, 1e-9, 1e-8), near(1.0, 1.1, 0)
    (True, True, False)
    """
    if value == wanted or (math.isnan(value) and math.isnan(wanted)):
        return True
    return abs(value - wanted) <= RELATIVE * abs(wanted) + absolute


def kind(value):
    """Say what a value is.

    Examples
    --------
    >>> kind(None), kind([1.0, 2.0]), kind("0.5")
    ('None', 'a list of 2 numbers', 'a text')
    """
    if isinstance(value, (list, tuple)) and numbers(value) is not None:
        return f"a list of {len(value)} number{'' if len(value) == 1 else 's'}"
    if numbers(value) is not None:
        return "a number"
    names = {str: "a text", list: "a list", tuple: "a tuple", dict: "a dict", type(None): "None"}
    return names.get(type(value), f"an object of the type {type(value).__name__}")


def shown(value):
    """Return a value as a reader would type it, with six digits.

    Examples
    --------
    >>> shown([0.1 + 0.2, 1000, True]), shown(1e-12)
    ('[0.3, 1000, True]', '1e-12')
    """
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        text = f"[{', '.join(map(shown, value))}]"
        return text if len(text) <= LIST_SHOWN else f"{text[:LIST_SHOWN]} …"
    return repr(value)[:LIST_SHOWN]


def raised(problem):
    """Name an exception, its line in the answer and its reason.

    Examples
    --------
    >>> raised(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    """
    trace, line = problem.__traceback__, None
    while trace:
        own = trace.tb_frame.f_code.co_filename == "<cell 1>"
        line, trace = trace.tb_lineno if own else line, trace.tb_next
    reason = f": {problem}" if str(problem) else ""
    where = f" in line {line}" if line else ""
    return f"{type(problem).__name__}{where}{reason}"


def sentence(error):
    """Return an error of the form of a notebook in one sentence.

    Examples
    --------
    >>> sentence({"ename": "SyntaxError", "evalue": "'(' was never closed", "line": 3})
    "Line 3 is not valid Python: '(' was never closed."
    >>> sentence({"ename": "NameError", "evalue": "name 'exp' is not defined", "line": 2})
    "Line 2 raised NameError: name 'exp' is not defined."
    """
    where = f"Line {error['line']}" if error["line"] else "The program"
    if error["ename"] in ("SyntaxError", "IndentationError", "TabError"):
        words = f"{where} is not valid Python: {error['evalue']}"
        return words if words.endswith((".", "?")) else f"{words}."
    reason = f": {error['evalue']}" if error["evalue"] else ""
    return f"{where} raised {error['ename']}{reason}."
