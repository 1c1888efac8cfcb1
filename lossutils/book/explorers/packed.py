"""What Vega draws, in fewer letters, as a page holds it; the page's script writes it out again.

Signals often count: `_w2` follows from `_w1` as `_w1` does from `_w0`. Of such signals the first
are written, with a mark around each number that counts, and how often they come.
A long table of numbers is written by columns, as integers: how far each is from the one above it.
"""

import json
import re
from functools import partial
from itertools import accumulate, pairwise, takewhile
from operator import eq

NUMBER = re.compile(r"(?<![\d.-])(?:0|[1-9]\d*)(?![\d.])")
MARKED = re.compile(r"#(\d+)#")
TABLE = re.compile(r"[][\d., -]{1000,}")
LONGEST = 14  # signals that count together
WORTH_IT = 300  # letters


def short(vega):
    """Return a specification of Vega as a page holds it.

    Examples
    --------
    >>> signals = [{"name": f"_w{k + 1}", "update": f"0.5 * _w{k}"} for k in range(20)]
    >>> short({"signals": signals})["signals"]
    [{'times': 20, 'of': [{'name': '_w#1#', 'update': '0.5 * _w#0#'}]}]
    """
    return vega | {"signals": counted([_short_table(signal) for signal in vega["signals"]])}


def whole(page):
    """Return the specification of Vega that a page holds.

    Examples
    --------
    >>> whole({"signals": [{"times": 3, "of": [{"name": "_w#5#"}]}]})["signals"]
    [{'name': '_w5'}, {'name': '_w6'}, {'name': '_w7'}]
    """
    return page | {"signals": [_whole_table(signal) for signal in written_out(page["signals"])]}


def counted(signals):
    """Return a list of signals, those that count in one."""
    place, shorter = 0, []
    while place < len(signals):
        saved, together, times = max(_runs(signals[place:]), default=(0, 1, 1))
        if saved < WORTH_IT:
            shorter.append(signals[place])
            place += 1
            continue
        first, second = (signals[at:][:together] for at in (place, place + together))
        shorter.append({"times": times, "of": _marked(first, second)})
        place += together * times
    return shorter


def written_out(signals):
    """Return a list of signals, those that count one by one."""
    every = []
    for signal in signals:
        if "times" not in signal:
            every.append(signal)
            continue
        of = _text(signal["of"])
        for k in range(signal["times"]):
            every += json.loads(MARKED.sub(lambda mark, k=k: str(int(mark[1]) + k), of))
    return every


def _runs(signals):
    """Yield how many letters that saves, how many of the first count together, how often."""
    for together in range(1, min(LONGEST, len(signals) // 3) + 1):
        groups = (signals[at:][:together] for at in range(0, len(signals), together))
        steps = (_steps(*both) for both in pairwise(groups))
        first = next(steps)
        times = first and 2 + len(list(takewhile(partial(eq, first), steps)))
        if first and times > 2:
            yield len(_text(signals[together : together * times])), together, times


def _steps(first, second):
    """Return how far each number counts, 0 or 1; None if the signals differ otherwise."""
    texts = [_text(signals) for signals in (first, second)]
    alike = NUMBER.split(texts[0]) == NUMBER.split(texts[1])
    if not alike or any(signal.keys() != {"name", "update"} for signal in first):
        return None
    numbers = (map(int, NUMBER.findall(text)) for text in texts)
    steps = [after - before for before, after in zip(*numbers, strict=True)]
    return steps if {0, 1}.issuperset(steps) else None


def _marked(first, second):
    """Return signals in which the numbers that count are marked."""
    after = iter(NUMBER.findall(_text(second)))

    def marked(number):
        return number[0] if number[0] == next(after) else f"#{number[0]}#"

    return json.loads(NUMBER.sub(marked, _text(first)))


def _text(signals):
    return json.dumps(signals, ensure_ascii=False)


def _short_table(signal):
    if not TABLE.fullmatch(signal.get("update", "")):
        return signal
    digits = max(map(len, re.findall(r"\.(\d+)", signal["update"])), default=0)
    tables = json.loads(signal["update"])
    short_tables = [" ".join(_moves(rows, 10**digits)) for rows in tables]
    return {
        "name": signal["name"],
        "digits": digits,
        "rows": len(tables[0]),
        "table": short_tables,
    }


def _moves(rows, unit):
    """Yield, column by column, how far each number is from the one above it, in a unit."""
    for column in zip(*rows, strict=True):
        whole_numbers = (round(number * unit) for number in column)
        yield from (str(now - above) for above, now in pairwise([0, *whole_numbers]))


def _whole_table(signal):
    if "table" not in signal:
        return signal
    rows, unit = signal["rows"], 10 ** signal["digits"]
    tables = []
    for text in signal["table"]:
        moves = list(map(int, text.split()))
        columns = (accumulate(moves[at : at + rows]) for at in range(0, len(moves), rows))
        tables.append([[number / unit for number in row] for row in zip(*columns, strict=True)])
    return {"name": signal["name"], "update": json.dumps(tables)}
