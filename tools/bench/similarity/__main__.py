"""Print the figures: python -m tools.bench.similarity."""

import argparse

from tools.bench.similarity import made_up, measure

SEEDS = range(1000, 2000)  # others than those with which the threshold was chosen


def main(arguments=None):
    """Measure both assignments, with copies that are whole and with copies that are not."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.similarity", description=__doc__)
    parser.add_argument("--classes", type=int, default=50, help="how many, each of 100 and 20")
    options = parser.parse_args(arguments)
    for assignment in ("softmax", "regression"):
        numbers = ", ".join(
            f"{name} {len(ways)}" for name, ways in made_up.ways(assignment).items()
        )
        print(f"{assignment}: {options.classes} classes; ways to answer: {numbers}")
        for own in (0, 1, 2):
            counts = measure.classes(assignment, SEEDS[: options.classes], own=own)
            print(_line(own, *counts))


def _line(own, right, copies, wrong, pairs):
    return (
        f"  {own} answers of their own: {right} of {copies} copies found ({right / copies:.1%}), "
        f"{wrong} of {pairs} independent pairs reported ({1000 * wrong / pairs:.2f} in 1,000)"
    )


if __name__ == "__main__":
    main()
