"""Write the pages that people read: one per student, and one with the answers to grade.

A page is one file: it loads nothing and runs nothing, and a student's text in it is only text.
"""

import re
from datetime import datetime
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from grader.course import collect, course_folder, gradebook, manual_grading
from grader.course.comments import question_name, remarks
from grader.source import derive, places

LONGEST = 20_000  # characters of an answer that a page repeats


def feedback(round_, table):
    """Write one page per student; return how many pages replaced one that was different."""
    folder, replaced = round_.folder("feedback"), 0
    shared = {
        "heading": heading(round_),
        "possible": gradebook.possible(round_),
        "book": course_folder.settings(round_.course)["book"],
    }
    template = templates().get_template("feedback.html")
    for row in table:
        if has_page(row):
            path = folder / page_name(row)
            replaced += course_folder.replace(
                round_.course, path, template.render(row=row, **shared)
            )
    return replaced


def has_page(row):
    """Tell whether there is something to say to a student."""
    return row.state not in (gradebook.NOT_GRADED, gradebook.MISSING)


def page_name(row):
    """Return the name of a student's page: that of the folder with what was handed in."""
    return f"{row.attempt.folder or collect.folder_name(row.attempt.student)}.html"


def moment(text):
    """Return a stored time as a page shows it.

    Examples
    --------
    >>> moment("2026-11-30T23:59:00+00:00"), moment("")
    ('2026-11-30 23:59 UTC', '')
    """
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M %Z}".strip() if text else ""


def review(round_, table):
    """Write the page with all answers for manual grading; return its path."""
    questions = derive.manual(round_.source)
    answers = {question: [] for question in questions}
    for row in table:
        for each in row.result["manual"] if row.result else []:
            mark = row.manual.get(each["grade_id"])
            if not each["blank"] and each["grade_id"] in answers:
                answers[each["grade_id"]].append((row.attempt.student, each["answer"], mark))
    page = (
        templates()
        .get_template("review.html")
        .render(
            heading=heading(round_),
            sheet=manual_grading.sheet(round_),
            questions=questions,
            answers=answers,
        )
    )
    path = manual_grading.sheet(round_).with_suffix(".html")
    course_folder.replace(round_.course, path, page)
    return path


def heading(round_):
    """Return the title of an assignment: the first heading of its source."""
    for cell in derive.read(round_.source).cells:
        if title := re.search(r"^# (.+)$", cell.source, re.MULTILINE):
            return re.sub(r"\{\{.*?\}\}|[*`$]", "", title[1]).strip()
    return round_.assignment


def templates():
    """Return the templates, in which all text is escaped."""
    loader = jinja2.FileSystemLoader(Path(__file__).with_name("templates"))
    pages = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    pages.filters |= {
        "fingerprint": manual_grading.fingerprint,
        "in_order": in_order,
        "linked": linked,
        "moment": moment,
        "number": lambda points: f"{points:.6g}",
        "of_points": lambda points: f"{points:.6g} point{'s' * (points != 1)}",
        "percent": lambda share: "–" if share is None else f"{share:.0%}",
        "question_name": question_name,
        "remarks": remarks,
        "short": lambda text: text if len(text) <= LONGEST else f"{text[:LONGEST]} …",
    }
    return pages


def linked(text, book):
    """Return text as HTML in which "see PLACE" links to a page or a mistake of the book.

    Examples
    --------
    >>> print(linked("half; see hinge.", "https://x.org/"))
    half; see <a href="https://x.org/book/hinge.html">Hinge losses: right by enough</a>.
    >>> print(linked("see mistake-overflow", ".."))
    see <a href="../book/mistakes/nan-and-infinity.html#mistake-overflow">nan by overflow</a>
    >>> linked("<b>; see nowhere", "https://x.org/")
    Markup('&lt;b&gt;; see nowhere')
    """
    known = places.places()

    def link(match):
        if match[1] not in known:
            return match[0]
        page, words = known[match[1]]
        return f'see <a href="{escape(book.rstrip("/"))}/{page}">{escape(words)}</a>'

    return Markup(places.SEE.sub(link, str(escape(text))))


def in_order(groups, checks):
    """Return groups of checks in the order of the assignment."""
    order = list(dict.fromkeys(check["question"] for check in checks))
    return sorted(groups, key=lambda group: order.index(group[0]))
