"""What Vega draws, in fewer letters, as a page holds it; the page's script writes it out again.

Signals and rows of data often count: `_w2` follows from `_w1` as `_w1` does from `_w0`. Of such
entries the first are written, with a mark around each number that counts, and how often they come.
A long table of numbers is written by columns, as integers: how far each is from the one above it.
"""

import json
import re
from functools import partial
from itertools import accumulate, pairwise, takewhile
from operator import eq

STRING_OR_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![\w.+-])(?:0|[1-9]\d*)(?![\w.])')
NUMBER = re.compile(r"(?<![\d.-])(?:0|[1-9]\d*)(?![\d.])")
MARKED = re.compile(r'"##(\d+)##"|#(\d+)#')
TABLE = re.compile(r"[][\d., -]{1000,}")
LONGEST = 14  # entries that count together
WORTH_IT = 300  # letters


def short(vega):
    """Return a specification of Vega as a page holds it.

    Examples
    --------
    >>> rows = [{"k": 7, "name": f"_w{k}"} for k in range(20)]
    >>> short({"signals": [], "data": [{"values": rows}]})["data"]
    [{'values': [{'times': 20, 'of': [{'k': 7, 'name': '_w#0#'}]}]}]
    """
    signals = [_short_table(signal) for signal in vega["signals"]]
    data = [_with_values(each, counted) for each in vega["data"]]
    return vega | {"signals": counted(signals), "data": data}


def whole(page):
    """Return the specification of Vega that a page holds.

    Examples
    --------
    >>> whole({"signals": [{"times": 3, "of": [{"name": "_w#5#"}]}], "data": []})["signals"]
    [{'name': '_w5'}, {'name': '_w6'}, {'name': '_w7'}]
    """
    signals = [_whole_table(signal) for signal in written_out(page["signals"])]
    data = [_with_values(each, written_out) for each in page["data"]]
    return page | {"signals": signals, "data": data}


def _with_values(data, change):
    return data | {"values": change(data["values"])} if "values" in data else data


def counted(entries):
    """Return the entries of a list, those that count in one."""
    texts = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    place, shorter = 0, []
    while place < len(texts):
        saved, together, times = max(_runs(texts[place:]), default=(0, 1, 1))
        if saved < WORTH_IT:
            shorter.append(entries[place])
            place += 1
            continue
        first, second = texts[place:][:together], texts[place + together :][:together]
        shorter.append({"times": times, "of": list(map(_marked, first, second))})
        place += together * times
    return shorter


def written_out(entries):
    """Return the entries of a list, those that count one by one."""
    every = []
    for entry in entries:
        of = json.dumps(entry["of"], ensure_ascii=False) if "times" in entry else "[]"
        times = range(entry.get("times", 0))
        each = [MARKED.sub(lambda m, k=k: str(int(m[1] or m[2]) + k), of) for k in times]
        every += [one for text in each for one in json.loads(text)] if each else [entry]
    return every


def _runs(texts):
    """Yield how many letters that saves, how many of the first texts count together, how often."""
    for together in range(1, min(LONGEST, len(texts) // 3) + 1):
        parts = (texts[at : at + together] for at in range(0, len(texts), together))
        steps = (_steps(*both) for both in pairwise(parts))
        first = next(steps)
        times = first and 2 + len(list(takewhile(partial(eq, first), steps)))
        if first and times > 2:
            yield sum(map(len, texts[together : together * times])), together, times


def _steps(first, second):
    """Return how far each number of texts counts, 0 or 1; None if the texts differ otherwise."""
    if list(map(_kinds, first)) != list(map(_kinds, second)):
        return None
    numbers = (map(int, _numbers(text)) for text in ("".join(first), "".join(second)))
    steps = [after - before for before, after in zip(*numbers, strict=True)]
    return steps if {0, 1}.issuperset(steps) else None


def _numbers(text):
    """Return the integers of a text of JSON, in order."""
    numbers = []
    _with_numbers(text, lambda number, mark: numbers.append(number) or "")
    return numbers


def _kinds(text):
    """Return a text without its integers."""
    return _with_numbers(text, lambda number, mark: mark)


def _marked(first, second):
    """Return an entry in which the numbers that count are marked."""
    after = iter(_numbers(second))

    def marked(number, mark):
        if number == next(after):
            return number
        return f'"##{number}##"' if mark == "bare" else f"#{number}#"

    return json.loads(_with_numbers(first, marked))


def _with_numbers(text, word):
    """Return a text of JSON with other integers: what `word` makes of one, and of where it is."""

    def replaced(part):
        if part[0].startswith('"'):
            return NUMBER.sub(lambda number: word(number[0], "in words"), part[0])
        return word(part[0], "bare")

    return STRING_OR_NUMBER.sub(replaced, text)


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
