FUNCTION = "threshold"

START = '''
def threshold(false_alarm, missed):
    """Return the probability at which both decisions cost the same."""
    return 0.0  # change this line


print(threshold(1.0, 9.0))
'''

HINT = r"""
At the probability $p$, the alarm costs $(1 - p)$ times a false alarm on average, and silence $p$
times a missed case. Where are they equal?
"""

SOLUTION = '''
def threshold(false_alarm, missed):
    """Return the probability at which both decisions cost the same."""
    return false_alarm / (false_alarm + missed)
'''

CASES = [
    (1.0, 9.0),
    (3.0, 1.0),
    (2.0, 5.0),
]


def expected(false_alarm, missed):  # halve the interval in which the cheaper decision changes
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        low, high = (p, high) if (1 - p) * false_alarm > p * missed else (low, p)
    return low


MISTAKES = [
    (
        lambda false_alarm, missed: missed / (false_alarm + missed),
        "This is upside down: the more a missed case costs, the earlier the alarm must be raised.",
        "sigmoid-cross-entropy-threshold",
    ),
    (
        lambda false_alarm, missed: false_alarm / missed,
        "This is the ratio of the costs, the odds. The probability is odds / (1 + odds).",
        "sigmoid-cross-entropy-threshold",
    ),
    (
        lambda false_alarm, missed: 0.5,
        "This is right only if both mistakes cost the same.",
        "choosing-rare",
    ),
]
