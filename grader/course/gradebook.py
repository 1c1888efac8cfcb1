"""Join submissions, the grader's results and the points of manual grading."""

import math
from dataclasses import dataclass, field

from grader import files
from grader.checks.hidden import WrongSource
from grader.course import collect, course_folder, late, manual_grading, roster, which_variant
from grader.course.counting import counting
from grader.course.overrides import NOTHING, Override
from grader.run.fingerprints import Fingerprints
from grader.run.job import Job, Plans, version
from grader.run.result import COULD_NOT, GRADED
from grader.source import derive

MISSING = "nothing was handed in"
UNDECIDED = "the teacher decides which attempt counts"
NOT_GRADED = "not graded yet"
OPEN = "manual grading is open"
NO_NOTEBOOK = (
    "overrides.toml: {name} handed in nothing for {round_.name}, so points of single questions "
    "have no effect; set all points"
)
NO_KEY = "the grader itself failed on it; please report this"


@dataclass(frozen=True)
class Row:
    """One student in one round: the attempt that counts, its result, its manual points."""

    attempt: collect.Attempt
    result: dict | None
    manual: dict = field(default_factory=dict)  # question -> (points, comment)
    refused: str = ""
    others: int = 0
    why: str = ""  # this attempt counts
    undecided: str = ""  # what the teacher has to decide
    override: Override = NOTHING
    late_rule: late.Rule = late.FREE
    possible: float = 0.0

    @property
    def state(self):
        """The state of the grade in a few words."""
        if self.override.points is not None:
            return GRADED
        if self.refused == MISSING:
            return MISSING
        if self.undecided:
            return UNDECIDED
        if self.refused:
            return COULD_NOT
        if self.result is None:
            return NOT_GRADED
        if self.result["state"] != GRADED:
            return COULD_NOT
        return OPEN if self.open else GRADED

    @property
    def reason(self):
        """Why there is no grade; "" if there is one or if nothing was graded yet."""
        if self.refused == MISSING or self.override.points is not None:
            return ""
        known = self.result["reason"] or "" if self.result else ""
        return self.undecided or self.refused or known

    @property
    def open(self):
        """The free-text questions that have no points yet."""
        names = [each["grade_id"] for each in self.result["manual"]] if self.result else []
        return [name for name in names if name not in self.manual | self.override.questions]

    @property
    def earned(self):
        """The points that are known so far, before those that being late costs."""
        automatic = (self.result or {}).get("points") or 0.0
        manual = [points for points, comment in self.manual.values()]
        changes = [new - self.before(name) for name, new in self.override.questions.items()]
        return math.fsum([automatic, *manual, *changes])

    def before(self, question):
        """Return the points of one question as they were graded."""
        checks = self.result["checks"] if self.result else []
        earned = [check["points"] for check in checks if check["question"] == question]
        return math.fsum([*earned, self.manual.get(question, (0.0, ""))[0]])

    @property
    def is_cut_off(self):
        """Whether it was handed in so late that it does not count."""
        return self.late_rule.is_cut_off(self.attempt.days_late)

    @property
    def cost(self):
        """The points that being late costs."""
        cost = self.late_rule.cost(self.attempt.days_late, self.possible)
        return min(cost, max(self.earned, 0.0))

    @property
    def points(self):
        """All points, or None while they are not known."""
        if self.override.points is not None:
            return round(float(self.override.points), 6)
        return round(self.earned - self.cost, 6) if self.state == GRADED else None

    @property
    def so_far(self):
        """All points, or those that are known so far; being late has its cost in both."""
        return self.earned - self.cost if self.points is None else self.points


def released(round_):
    """Return the numbers of the variants that were released."""
    return sorted(which_variant.released(round_))


def refusal(attempt, variants):
    """Return why an attempt does not go to the grader, or ""."""
    if attempt.refused or attempt.variant is None or attempt.variant in variants:
        return attempt.refused
    return f"it says that it is variant {attempt.variant}, which was not released"


def arguments(round_, attempt, variants, limits):
    """Return the grader's arguments for an attempt."""
    only = variants[0] if len(variants) == 1 else None
    return {
        "source": str(round_.source.resolve()),
        "submission": str(attempt.path.absolute()),  # a link is not followed
        "seed": round_.seed(),
        "settings": limits,
        "variant": attempt.variant or only,
    }


def jobs(round_, limits):
    """Return what can be graded: for each attempt, the key of its job and the arguments."""
    kept = Fingerprints(round_.folder("secret") / "work" / "fingerprints.json", version())
    variants, plans = released(round_), Plans(kept)
    gradable = [each for each in collect.attempts(round_) if not refusal(each, variants)]
    try:
        keyed = {}
        for attempt in gradable:
            for_grader = arguments(round_, attempt, variants, limits)
            try:
                keyed[attempt] = (Job(plans, **for_grader).key, for_grader)
            except (WrongSource, OSError):
                raise
            except Exception:
                continue
        kept.save()
        return keyed
    except WrongSource as problem:
        raise files.Problem(f"{round_.source} cannot be used for grading: {problem}") from None


def result(round_, key):
    """Return a result, or None if there is none or if it is damaged."""
    content = files.read_json(round_.folder("results") / f"{key}.json")
    return content if isinstance(content, dict) and content.get("key") == key else None


def rows(round_, keyed):
    """Return one row per student of the course; `keyed` is what `jobs` returned."""
    options = course_folder.settings(round_.course)
    given, variants = manual_grading.points(round_), released(round_)
    collected = collect.attempts(round_)
    who = list({each.student.key: each.student for each in collected}.values())
    roster.strangers(round_.course, who, round_.folder("submitted"))
    decided, _ = collect.exceptions(round_, collected)
    shared = {"late_rule": course_folder.late_rule(round_, options), "possible": possible(round_)}
    students = {}
    for attempt in collected:
        content = result(round_, keyed[attempt][0]) if attempt in keyed else None
        manual = manual_grading.marks(given, attempt.student, content)
        refused = refusal(attempt, variants) or ("" if attempt in keyed else NO_KEY)
        override = decided.get(attempt.student.key, NOTHING)
        own = {"late_rule": override.late} if override.late else {}
        row = Row(attempt, content, manual, refused, override=override, **(shared | own))
        students.setdefault(attempt.student.key, []).append(row)
    chosen = [counting(tries, options["counts"]) for tries in students.values()]
    absent = [each for each in roster.read(round_.course) if each.key not in students]
    return chosen + [_missing(each, decided.get(each.key, NOTHING)) for each in absent]


def _missing(student, override):
    """Return the row of a student who handed nothing in."""
    attempt = collect.Attempt(student, "", False, "", "", refused=MISSING)
    return Row(attempt, None, refused=MISSING, others=-1, override=override)


def doubts(round_):
    """Return a sentence for each override, and for points of manual grading, without effect."""
    collected = collect.attempts(round_)
    decided, unknown = collect.exceptions(round_, collected)
    absent = sorted(decided.keys() - {each.student.key for each in collected})
    names = {each.key: each.name for each in roster.read(round_.course)}
    return [
        *unknown,
        *(
            NO_NOTEBOOK.format(round_=round_, name=names[key])
            for key in absent
            if decided[key].questions
        ),
        *_unanswered(round_),
    ]


def _unanswered(round_):
    return [
        f"{manual_grading.sheet(round_)}: {line['student']} has points for {line['question']} but "
        "no answer; they do not count. Set them in overrides.toml instead"
        for line in manual_grading.stored(round_).values()
        if line["answer"] == "" and line["points"] != ""
    ]


def possible(round_):
    """Return the maximum points of an assignment, manual grading included."""
    return math.fsum(derive.questions(round_.source).values())
