"""The page of `summary`: what it says, that it honours overrides, and that nothing in it runs."""

import random
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import numpy as np
import pytest
import sample_course
from sample_course import table

from grader.course import (
    class_results,
    course_totals,
    hand_in_times,
    summary,
    summary_page,
    variants,
)
from grader.course.release import release

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}"
MISTAKE = "the exponentials are not divided by their sum; see softmax"
CODE = "def softmax(z):\n    powers = np.exp(z - z.max(-1, keepdims=True))\n    "
CODE += "return np.true_divide(powers, powers.sum(-1)[..., None])"


def check(words="no result is nan", points=2.0, **other):
    about = {"question": "softmax-tests", "name": "softmax", "words": words, "points": points}
    rest = {"max_points": 2.0, "passed": points == 2.0, "verdict": "right", "message": ""}
    return about | rest | {"mistake": "" if points == 2.0 else MISTAKE} | other


def hand_in(round_, tmp_path, code, variant=1):
    """Collect one notebook per name, each with its own code for softmax."""
    import json

    from grader.course import collect

    entries = []
    for place, (name, text) in enumerate(code.items(), 1001):
        content = json.loads(sample_course.notebook(round_, name, variant))
        for cell in content["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "softmax":
                cell["source"] = text
        path = f"{name}_{place}_assignsubmission_file_/softmax-v{variant}.ipynb"
        entries.append((path, json.dumps(content)))
    collect.collect(round_, sample_course.zipped(tmp_path / f"{variant}.zip", entries), print)


def text_of(page):
    """Return what a person reads on a page, and the tags of everything on it."""
    texts, tags = [], []
    parser = HTMLParser()
    parser.handle_data = texts.append
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(page)
    return " ".join(" ".join(texts).split()), tags


@pytest.fixture
def page_of(round_):
    """Return a function that writes the page and returns its text, its tags and its source."""

    def written(**options):
        path = summary_page.write(round_, table(round_), {}, **options)
        source = path.read_text(encoding="utf-8")
        return *text_of(source), source

    return written


def override(round_, text):
    file = round_.course / "overrides.toml"
    file.write_text(f'[[override]]\nround = "softmax-1"\nreason = "said so"\n{text}\n')


def test_points_that_the_teacher_set_count(round_, tmp_path, page_of):
    hand_in(round_, tmp_path, {"Ada": CODE, "Eve": CODE + " "})
    changes = {"checks": [check(points=0.0), check("a batch of rows", 0.0)]}
    sample_course.give(round_, lambda a, key: sample_course.result(key, 8.0, **changes))
    assert "The mean is 8.0 and the median 8.0 of 21" in page_of()[0]
    override(round_, 'student = "Ada"\npoints = 21')
    text, _, _ = page_of()
    assert "The mean is 14.5 and the median 14.5 of 21" in text
    assert "Points: mean 14.5, median 14.5 of 21" in summary.summary(round_, table(round_))
    override(round_, 'student = "Ada"\nquestion = "softmax"\npoints = 4')
    text, _, _ = page_of()
    assert "The mean is 10.0" in text
    assert re.search(r"Softmax, 4 points 50% ", text)
    assert any(line.split() == ["Softmax", "50%"] for line in
               summary.summary(round_, table(round_)))  # fmt: skip


def test_what_being_late_costs_is_taken_off(round_, tmp_path, page_of):
    hand_in(round_, tmp_path, {"Ada": CODE})
    sample_course.give(round_, lambda a, key: sample_course.result(key, 10.0))
    file = round_.course / "course.toml"
    text = file.read_text().replace("[deadline]", "[deadline]\nsoftmax-1 = 2000-01-01T00:00:00Z")
    file.write_text(text.replace("[late]", "[late]\nsoftmax-1 = { percent_per_day = 10 }"))
    override(round_, 'student = "Ada"\ndays_late = 1')
    assert "The mean is 7.9 and the median 7.9 of 21" in page_of()[0]


def test_points_so_far_count_while_manual_grading_is_open(round_, tmp_path, page_of):
    hand_in(round_, tmp_path, {"Ada": CODE})
    answer = {"grade_id": "repair", "max_points": 3.0, "answer": "Since it is.", "blank": False}
    sample_course.give(round_, lambda a, key: sample_course.result(key, 10.0, manual=[answer]))
    text, _, _ = page_of()
    assert "The mean is 10.0" in text
    assert "Manual grading is still open for 1 of them" in text
    assert re.search(r"Repair, 3 points – ", text)


def test_a_check_that_nobody_passes_and_mistakes_with_links(round_, tmp_path, page_of):
    hand_in(round_, tmp_path, {"Ada": CODE, "Eve": CODE + " "})

    def make(attempt, key):
        mine = attempt.student.name == "Ada"
        checks = [check("nobody is right", 0.0), check("half are right", 2.0 * mine)]
        return sample_course.result(key, checks=[*checks, check("two at once", 0.0)])

    sample_course.give(round_, make)
    text, tags, _ = page_of()
    nobody = text.split("Checks that nobody passes")[1].split("Most common mistakes")[0]
    assert nobody.count("0 of 2") == 2
    assert "half are right" not in nobody
    assert "divided by their sum; see Softmax: from scores to probabilities Softmax 2 " in text
    assert any(tag == "a" and about["href"].endswith("book/softmax.html") for tag, about in tags)


def test_what_students_wrote_is_only_text_and_nothing_is_loaded(round_, tmp_path, page_of):
    code = f"{CODE}\nname = '{HOSTILE}'  # </pre><img src=x onerror=alert(1)>"
    hand_in(round_, tmp_path, {HOSTILE.replace("/", ""): code, "Eve": code + "\n"})
    broken = {"state": "could not be graded", "reason": HOSTILE, "points": None}
    sample_course.give(round_, lambda a, key: sample_course.result(key, **(
        broken if a.student.name == "Eve" else {"checks": [check(HOSTILE, 0.0)]})))  # fmt: skip
    text, tags, source = page_of()
    assert {tag for tag, _ in tags} & {"script", "img", "link", "iframe", "object"} == set()
    assert text.count("{{ 7 * 7 }}") >= 4
    assert "default-src 'none'" in source
    assert not any({"src", "srcset", "onerror", "onclick"} & set(about) for _, about in tags)


def test_names_can_be_hidden(round_, tmp_path, page_of):
    code = CODE + "\n# written by Ada Lovelace"
    hand_in(round_, tmp_path, {"Ada Lovelace": code, "Zoë Ångström": CODE})
    roster = "student,name\nmoodle 1001,Ada Lovelace\ngrace,Grace Hopper\n"
    (round_.course / "roster.csv").write_text(roster, "utf-8")
    broken = {"state": "could not be graded", "points": None, "reason": "ada lovelace.txt is empty"}
    sample_course.give(round_, lambda a, key: sample_course.result(key, **(
        broken if a.student.name == "Ada Lovelace" else {})))  # fmt: skip
    shown, hidden = page_of()[2], page_of(hide_names=True)[2]
    for name in ("Lovelace", "Ångström", "Grace Hopper", "1001"):
        assert name.lower() not in hidden.lower()
        assert name in shown or name == "1001"
    assert set(re.findall(r"Student \d", hidden)) == {"Student 1", "Student 2", "Student 3"}


def test_similar_submissions_stand_side_by_side(round_, tmp_path, page_of):
    renamed = CODE.replace("powers", "e").replace("(z", "(x").replace("z.max", "x.max")
    other = "def softmax(logits):\n    return np.exp(logits) / np.exp(logits).sum(-1)[..., None]"
    hand_in(round_, tmp_path, {"Ada": CODE, "Bob": other, "Eve": "# mine\n" + renamed})
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    text, tags, _ = page_of()
    assert "1 pair is alike" in text
    assert "Ada, variant 1 and Eve, variant 1: 100% alike" in text
    assert [tag for tag, _ in tags].count("section") == 2
    assert "# mine" in text


def test_who_wrote_the_same_is_shown_once(round_, tmp_path, page_of):
    """Seven equal notebooks are 21 pairs: they would leave no room for others."""
    names = ["Ada", "Bob", "Eve", "Ida", "Jo", "Kim", "Leo"]
    hand_in(round_, tmp_path, {name: f"{CODE}\n# {name}" for name in names})
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    text, tags, _ = page_of()
    assert "21 pairs are alike; students who wrote the same are shown together. Alike" in text
    assert "Ada, variant 1 and Bob, variant 1; Eve, variant 1; Ida, variant 1" in text
    assert [tag for tag, _ in tags].count("section") == 2


def test_totals_of_the_course(round_, tmp_path, page_of):
    (round_.course / "roster.csv").write_text(
        "student,name\nmoodle 9,Ida\nmoodle 1001,Ada\n", "utf-8"
    )
    hand_in(round_, tmp_path, {"Ada": CODE, "Eve": CODE + " "})
    sample_course.give(round_, lambda a, key: sample_course.result(key, 11.0))
    second, _ = release(round_.course, "softmax", new_round=True)
    hand_in(second, tmp_path, {"Ada": CODE})
    sample_course.give(second, lambda a, key: sample_course.result(key, 4.5))
    columns = course_totals.columns(round_.course, {})
    totals = {
        each.student.name: (each.points, each.total) for each in course_totals.totals(columns)
    }
    expected = {"Ada": ((11.0, 4.5), 15.5), "Eve": ((11.0, None), 11.0), "Ida": ((None, None), 0.0)}
    assert totals == expected | {name: expected.get(name) for name in totals}
    text, _, _ = page_of()
    assert "2 rounds, 42 points" in text
    assert "Ada 11 4.5 15.5 Eve 11 – 11" in text


def test_a_student_who_did_not_hand_in(round_, tmp_path, page_of):
    hand_in(round_, tmp_path, {"Ada": CODE})
    (round_.course / "roster.csv").write_text(
        "student,name\nida,Ida\njo,Jo\nmoodle 1001,Ada\n", "utf-8"
    )
    assert "2 of 3 students on the roster: Ida, Jo." in page_of()[0]
    oral = '[[override]]\nround = "softmax-1"\nstudent = "Jo"\nreason = "oral"\npoints = 9\n'
    (round_.course / "overrides.toml").write_text(oral)
    assert "2 of 3 students on the roster: Ida, Jo." in page_of()[0]


DEADLINE = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(200, "week"), (168, "week"), (100, "one to seven"), (24, "one to seven"), (23.9, "6 to 24"),
     (6, "6 to 24"), (1, "1 to 6"), (0.5, "last hour"), (0, "last hour"), (-0.01, "up to a day"),
     (-24, "up to a day"), (-25, "later")],
)  # fmt: skip
def test_a_time_is_counted_against_the_deadline(hours, words):
    parts = hand_in_times.counted([DEADLINE - timedelta(hours=hours)], DEADLINE)
    ((span, count),) = [part for part in parts if part[1]]
    assert count == 1
    assert words in span


def test_without_a_deadline_the_last_days_are_counted():
    parts = hand_in_times.counted([DEADLINE - timedelta(days=day) for day in range(20)])
    assert parts[0] == ("before", 6)
    assert len(parts) == 15
    assert parts[-1] == ("2026-11-30", 1)


def test_chance_alone_is_hardly_ever_called_a_difference():
    rng = np.random.default_rng(1)
    labels = np.arange(60) % 4
    wrong = sum(bool(variants.differences(labels, rng.random((60, 12)) < 0.6)) for _ in range(100))
    assert wrong <= 4  # 1 is expected; more than 4 have a probability of 0.4 %


def test_a_harder_variant_is_found_and_named():
    rng = np.random.default_rng(2)
    labels = np.arange(80) % 4
    scores = (rng.random((80, 12)) < 0.8).astype(float)
    scores[labels == 2, 5] = rng.random(20) < 0.2
    (difference, *_) = variants.differences(labels, scores)
    assert (difference.column, difference.variant) == (5, 2)
    assert (difference.count, difference.others) == (20, 60)
    assert difference.mean == scores[labels == 2, 5].mean()
    assert difference.mean_of_others == scores[labels != 2, 5].mean()
    assert difference.chance < 0.01


def test_the_sentence_on_a_harder_variant_has_numbers():
    random_ = random.Random(0)
    keys = {f"{n}": 1 + n % 2 for n in range(60)}
    hard = {key: float(number == 1 or random_.random() < 0.1) for key, number in keys.items()}
    scored = class_results.Scored("no result is nan", "softmax-tests", 2.0, hard)
    (first, second) = summary_page.variant_sentences([scored], keys)
    assert re.fullmatch(
        r"Variant 1 was easier in Softmax, “no result is nan”: its 30 students earned 100% of the "
        r"points, the 30 others \d+%. By chance, a difference like this occurs in fewer than 1 of "
        r"2,001 classes.", first)  # fmt: skip
    assert second.startswith("Variant 2 was harder")
    scored.shares.pop("0")
    assert summary_page.variant_sentences([scored], keys) == []


def test_the_command_writes_the_page_with_and_without_names(round_, tmp_path):
    hand_in(round_, tmp_path, {"Ada Lovelace": CODE})
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    for options, name in (
        ((), "softmax-1.html"),
        (("--hide-names",), "softmax-1-without-names.html"),
    ):
        status, output, errors = sample_course.command(
            round_.course, "summary", "softmax", *options
        )
        path = round_.course / "summary" / name
        assert (status, errors) == (0, "")
        assert output.endswith(f"More is on the page {path}\n")
        assert ("Lovelace" in path.read_text(encoding="utf-8")) == (not options)
