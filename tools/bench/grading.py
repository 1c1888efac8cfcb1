"""Measure how long grading takes and what sandbox and engine cost, and project to 10,000.

Usage: .venv-grader/bin/python -m tools.bench.grading [--quick] [--only PART ...]

    kernel      the bare time of starting a kernel, which plain nbgrader needs per submission
    numpy       submissions of an assignment in NumPy: 1 and 2 workers, with and without sandbox
    tensorflow  the same with an assignment in TensorFlow
    nbgrader    plain `nbgrader autograde` on the same NumPy submissions
    start       from the command to its first result
    engine      10,000 jobs that grade nothing: in batches, one by one, and without an engine

Submissions per minute are marginal: the start of the commands is measured with few submissions and
subtracted.
"""

import argparse
import concurrent.futures
import contextlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import nbformat

from grader import files, programs
from grader.course import course_folder
from grader.course.collect import collect
from grader.course.release import release
from grader.run import engine
from grader.source import answers, derive
from tools import e2e_grading
from tools.bench.command_cost import Cost, run

TOPICS = {"numpy": "softmax", "tensorflow": "double-softmax"}
FEW = 4
NOTHING = (sys.executable, "-S", "-c", "pass")


@contextlib.contextmanager
def collected(topic, count):
    """Collect made-up submissions of a topic; give the round and the command that grades it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place) / "course"
        course_folder.new_course(folder)
        round_, _ = release(folder, topic)
        e2e_grading.moodle_zip(round_, honest(round_, count), Path(place) / "m.zip")
        collect(round_, Path(place) / "m.zip", print)
        yield round_, [sys.executable, "-m", "grader", "grade", topic, "--course", folder]


def graded(topic, count, workers, *extra):
    """Grade made-up submissions of a topic with the teacher's command; return the cost."""
    with collected(topic, count) as (_, command):
        return run([*command, "--jobs", workers, *extra])


def start(topic, runs):
    """Measure from the command to its first result, which is one submission later than the start.

    On a busy machine, `chrt -r 5` before the command of this program gives it priority, as root.
    """
    with collected(topic, FEW) as (round_, command):
        results, seconds = round_.folder("results"), []
        for _ in range(runs):
            begin = time.time()
            run([*command, "--jobs", 2])
            seconds.append(min(path.stat().st_mtime for path in results.iterdir()) - begin)
            shutil.rmtree(results)
    print(f"  {topic}: first result after {', '.join(f'{each:.1f}' for each in seconds)} s")


def honest(round_, count):
    """Return made-up submissions that all run: right, wrong and blank, each one different."""
    banks = {
        number: list(answers.answers(round_.source, round_.seed(), number)) for number in (1, 2)
    }
    submissions = []
    for place in range(count):
        bank = banks[1 + place % 2]
        answer = bank[place // 2 % len(bank)]
        data = e2e_grading.signed(nbformat.writes(answer.notebook).encode(), f"number {place}")
        submissions.append(
            e2e_grading.Submitted(f"Student {place}", answer.words, data, answer.points)
        )
    return submissions


def more(topic, count, runs, workers, *extra):
    """Return the cost of one more submission, and that of the command with few."""
    few = [graded(topic, FEW, workers, *extra) for _ in range(runs)]
    many = [graded(topic, count, workers, *extra) for _ in range(runs)]

    def each(part):
        return median(
            getattr(b, part) - getattr(a, part) for a, b in zip(few, many, strict=True)
        ) / (count - FEW)

    memory = max(cost.memory for cost in many) / workers
    return Cost(max(each("seconds"), 1e-9), each("processor"), memory), few[0]


def grading(environment, count, runs):
    """Measure 1 and 2 workers, and 1 without the sandbox."""
    topic = TOPICS[environment]
    print(f"  {topic}, {count} submissions", flush=True)
    one, few = more(topic, count, runs, 1)
    two, _ = more(topic, count, runs, 2)
    # Each of these starts Python and TensorFlow again: few are enough, once.
    bare, _ = more(topic, count // 4, 1, 1, "--no-sandbox")
    for name, cost, workers in (("1 worker", one, 1), ("2 workers", two, 2)):
        rate = 60 / cost.seconds
        print(
            f"  {name}: {rate:.0f} a minute, {rate / workers:.0f} a minute and core; "
            f"{cost.processor:.2f} processor seconds each; {cost.memory:.0f} MB a worker"
        )
    print(f"  the command itself, with {FEW} submissions: {few.seconds:.1f} s")
    print(
        f"  sandbox: {one.processor:.2f} processor seconds each with, {bare.processor:.2f} without "
        f"(ratio {one.processor / max(bare.processor, 1e-9):.2f})"
    )
    return one


def kernel(runs):
    """Measure the start of a kernel that runs one line and ends."""
    code = (
        "from jupyter_client.manager import start_new_kernel as s; m, c = s(); "
        "c.execute_interactive('1'); c.stop_channels(); m.shutdown_kernel()"
    )
    without = "from jupyter_client.manager import start_new_kernel"
    costs = [run([sys.executable, "-c", code]) for _ in range(runs)]
    bases = [run([sys.executable, "-c", without]) for _ in range(runs)]
    parts = ("seconds", "processor")
    seconds, work = (
        median(getattr(c, part) - getattr(b, part) for c, b in zip(costs, bases, strict=True))
        for part in parts
    )
    print(f"  bare kernel: {seconds:.2f} s, {work:.2f} processor seconds")


def nbgrader(count):
    """Measure plain `nbgrader autograde`, without sandbox, on the same kind of submissions."""
    topic = TOPICS["numpy"]
    costs = {}
    for number in (FEW, count):
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            folder = Path(place)
            course_folder.new_course(folder / "course")
            round_, _ = release(folder / "course", topic)
            plain = derive.release(round_.source, round_.seed(), 1)
            for path in (folder / "source" / topic, folder / "submitted"):
                path.mkdir(parents=True)
            nbformat.write(plain, folder / "source" / topic / f"{topic}.ipynb")
            (folder / "nbgrader_config.py").write_text('c.CourseDirectory.course_id = "bench"\n')
            tool = [sys.executable, "-m", "nbgrader"]
            run([*tool, "generate_assignment", topic, "--force"], folder)
            for student, submission in enumerate(honest(round_, number)):
                path = folder / "submitted" / f"s{student}" / topic / f"{topic}.ipynb"
                files.write(path, submission.data)
            costs[number] = run([*tool, "autograde", topic], folder)
    each = [
        (getattr(costs[count], part) - getattr(costs[FEW], part)) / (count - FEW)
        for part in ("seconds", "processor")
    ]
    rate = f"{60 / each[0]:.0f} a minute"
    print(f"  plain nbgrader autograde: {rate}, {each[1]:.2f} processor seconds each")


def engine_alone(count, single):
    """Measure jobs that grade nothing: batches, one job per submission, no engine at all."""
    workers = os.cpu_count()
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder, jobs = Path(place), [{"number": number} for number in range(count)]
        batches = engine.batches(jobs, workers)
        seconds = _timed(engine.run, folder, jobs, workers, lambda: None, NOTHING)
        print(f"  {count} jobs in {len(batches)} batches by Snakemake: {seconds:.1f} s", flush=True)
        one_by_one = _timed(
            engine.run, folder, jobs[:single], workers, lambda: None, NOTHING, most=1
        )
        each = 1000 * one_by_one / single
        print(f"  {single} jobs one by one: {one_by_one:.1f} s, {each:.0f} ms a job")
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            plain = _timed(lambda: list(pool.map(lambda batch: subprocess.run(NOTHING), batches)))
        print(f"  the same {len(batches)} processes without an engine: {plain:.1f} s")
    return seconds


def _timed(function, *arguments, **options):
    start = time.perf_counter()
    last_lines = function(*arguments, **options)
    if last_lines and function is engine.run:
        sys.exit(f"error: the engine failed: {' / '.join(last_lines)}")
    return time.perf_counter() - start


def projection(measured, overhead):
    """Print how long 10,000 submissions would take on N cores: computed, not measured."""
    print("projected for 10,000 submissions (processor seconds / cores + engine):")
    for name, cost in measured.items():
        times = {cores: 10_000 * cost.processor / cores + overhead for cores in (2, 8, 32, 64)}
        parts = (f"{seconds / 60:.1f} min on {cores}" for cores, seconds in times.items())
        print(f"  {name}: {', '.join(parts)} cores")


PARTS = ("kernel", "numpy", "tensorflow", "nbgrader", "start", "engine")


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.grading", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quick", action="store_true", help="few submissions, measured once")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    options = parser.parse_args(arguments)
    runs, count, empty, single = (1, 24, 1000, 100) if options.quick else (3, 104, 10_000, 1000)
    if "numpy" in options.only and not programs.find("bwrap"):
        sys.exit("error: bubblewrap is not installed, so its cost cannot be measured")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, median of {runs} runs")
    measured, overhead = {}, 0.0
    for name in options.only:
        print(f"{name}:", flush=True)
        if name in TOPICS:
            measured[name] = grading(name, count if name == "numpy" else count // 2, runs)
        elif name == "kernel":
            kernel(2 * runs + 1)
        elif name == "nbgrader":
            nbgrader(count)
        elif name == "start":
            start(TOPICS["numpy"], runs)
            start(TOPICS["tensorflow"], runs)
        else:
            overhead = engine_alone(empty, single)
    if measured and overhead and not options.quick:
        projection(measured, overhead)


if __name__ == "__main__":
    main()
