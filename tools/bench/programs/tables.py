"""The results as tables: each fault with its verdicts, the totals, and the published verdicts."""

from tools.bench.programs import SPLITS, other_tools
from tools.bench.programs.faulty import FAULTS
from tools.bench.programs.measure import of_all, of_batch, verdict

TOOLS = ("UMLAUT", "AutoTrainer", "DeepLocalize", "DeepFD")
IN_BATCH = ("batch", "shape")
NAMED, ATTRIBUTED, SUSPICIOUS = 0.90, 0.85, 0.05  # the targets


def verdicts(results):
    """Return, for each fault that was run, its verdicts and the findings on its twin."""
    rows = {}
    for id_, fault in FAULTS.items():
        if id_ in results["faulty"]:
            faulty, repaired = results["faulty"][id_], results["repaired"].get(id_)
            rows[id_] = {
                "split": fault.split,
                "batch": verdict(fault, of_batch(faulty)),
                "all": verdict(fault, of_all(faulty)),
                "said": names(of_all(faulty)),
                "repaired": names(of_all(repaired)) if repaired else [],
            }
    return rows


def names(findings):
    """Return the findings without repetition, a question mark behind the suspicious ones."""
    marked = (f"{f['mistake'] or f['title']}{'' if f['certain'] else '?'}" for f in findings)
    return list(dict.fromkeys(marked))


def column(results):
    """Return the verdicts and findings of results, without evidence and histories."""
    rows = {}
    for id_, row in verdicts(results).items():
        rows[f"faulty {id_}"] = [row["batch"], row["all"], row["said"]]
        rows[f"repaired {id_}"] = row["repaired"]
    for name, result in results["healthy"].items():
        rows[f"healthy {name}"] = names(of_all(result))
    return rows


def totals(rows, split=None):
    """Return the four figures that have a target, as (reached, of how many), of such a column."""
    faults = {id_: fault for id_, fault in FAULTS.items() if split in (None, fault.split)}
    faulty = {id_: rows[f"faulty {id_}"] for id_ in faults if f"faulty {id_}" in rows}
    in_batch = [row[0] for id_, row in faulty.items() if faults[id_].seen in IN_BATCH]
    good = [rows[f"repaired {id_}"] for id_ in faulty]
    good += [row for name, row in rows.items() if name.startswith("healthy ")]
    suspicious = [[name.endswith("?") for name in row] for row in good]
    return {
        "named from the batch": (in_batch.count("named"), len(in_batch)),
        "named or attributed": (
            sum(row[1] in ("named", "right family") for row in faulty.values()),
            len(faulty),
        ),
        "certain findings on healthy programs": (
            sum(not all(row) for row in suspicious),
            len(good),
        ),
        "suspicious findings on healthy programs": (sum(map(any, suspicious)), len(good)),
    }


def missed(figures):
    """Return the names of the targets that are missed."""
    share = {name: part / whole if whole else None for name, (part, whole) in figures.items()}
    named, attributed, certain, suspicious = share.values()
    bad = (
        named is not None and named < NAMED,
        attributed is not None and attributed < ATTRIBUTED,
        bool(certain),
        suspicious is not None and suspicious > SUSPICIOUS,
    )
    return [name for name, is_bad in zip(share, bad, strict=True) if is_bad]


def text(results):
    """Yield the lines that the command prints."""
    for id_, row in verdicts(results).items():
        named, repaired = (", ".join(row[key]) or "nothing" for key in ("said", "repaired"))
        yield f"{id_:22} {row['split']:9} batch: {row['batch']:13} all: {row['all']:13} {named}"
        if row["repaired"]:
            yield f"{'':22} repaired: {repaired}"
    for id_, result in results["healthy"].items():
        if of_all(result):
            yield f"{id_:32} healthy: {', '.join(names(of_all(result)))}"
        if result["raises"]:
            yield f"{id_:32} raises {result['raises']}"
    for id_, result in (results["repaired"] | results["healthy"]).items():
        if not result.get("learns", True):
            yield f"{id_:32} does not learn: {result.get('end')} after {result.get('constant')}"
    for split in (*SPLITS, None):
        for name, (part, whole) in totals(column(results), split).items():
            yield f"{split or 'all':9} {name:42} {part:3} of {whole:3}"


def markdown(verdicts):
    """Return the table of the book's page: each fault, its verdicts, those of other tools."""
    said_by_others = other_tools.answers()["faulty"]
    head = ("fault", "what is wrong", "seen in", "one batch", "with the callback", *TOOLS)
    head += other_tools.NAMES
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    for id_, row in verdicts.items():
        fault = FAULTS[id_]
        published = (fault.published.get(tool, "–") for tool in TOOLS)
        cells = (id_, fault.fault, fault.seen, row["batch"], row["all"], *published)
        others = said_by_others.get(id_, {})
        cells += tuple(", ".join(others.get(tool, "–")) or "nothing" for tool in other_tools.NAMES)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
