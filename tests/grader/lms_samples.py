"""Submissions as Moodle and Canvas pack them, and their own files, to be filled in with points.

The files have the form that Moodle 5.1 and Canvas write, with all columns.
"""

import csv
import io

import sample_course
from sample_course import table

from grader.course import collect, export

MOODLE = (
    '\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"\r\n'
    '"Participant 101","Ada Lovelace",7,ada@example.org,"Submitted for grading -  - ",{grade},'
    '{most},Yes,"Monday, 30 November 2026, 11:59 PM",-,"{comment}"\r\n'
    '"Participant 103",Ida,9,ida@example.org,"No submission -  - ",,{most},Yes,-,-,\r\n'
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Softmax (77),Quiz (78),Current Score\n"
    ",,,,,,Manual Posting,,\n"
    '"    Points Possible",,,,,,{most},5.00,(read only)\n'
    '"Lovelace, Ada",101,s7,ada,"A, B",,{grade},4.00,80.00\n'
    '"Student, Test",104,,f00,A,,,,\n'
)
GIVEN = {"moodle": MOODLE, "canvas": CANVAS}
NAMES = {"moodle": "{name}_{number}_assignsubmission_file/softmax-v1.ipynb",
         "canvas": "{name}_{number}_90{number}_softmax-v1.ipynb"}  # fmt: skip
CHECK = {"question": "softmax-tests", "words": "rows", "points": 1.0, "max_points": 4.0,
         "passed": False, "verdict": "wrong", "message": "",
         "mistake": "the exponentials are < 0; see softmax"}  # fmt: skip


def hand_in(round_, tmp_path, form, students=(("Ada Lovelace", 101),)):
    """Collect one notebook per student as the LMS packs them, and give 10 points to each."""
    entries = [(NAMES[form].format(name=name, number=number), sample_course.notebook(round_, name))
               for name, number in students]  # fmt: skip
    collect.collect(round_, sample_course.zipped(tmp_path / f"{form}.zip", entries), print)
    sample_course.give(round_, lambda a, key: sample_course.result(key, checks=[CHECK]))


def given_file(tmp_path, form, grade="", most="21.00", comment=""):
    path = tmp_path / f"{form}.csv"
    path.write_text(GIVEN[form].format(grade=grade, most=most, comment=comment), encoding="utf-8")
    return path


def filled(round_, form, given, **options):
    """Fill in a file; return its lines before and after, and what was said."""
    messages = []
    path, _ = export.export(
        round_, table(round_), form, "Softmax", given, say=messages.append, **options
    )
    before, after = (list(csv.reader(io.StringIO(each.read_text(encoding="utf-8-sig"))))
                     for each in (given, path))  # fmt: skip
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    return before, after, messages


def changed(before, after):
    """Return the cells that changed: name of column -> content, by number of the line."""
    assert [len(line) for line in after] == [len(line) for line in before]
    return {(number, column): new
            for number, (old_line, new_line) in enumerate(zip(before, after, strict=True))
            for column, old, new in zip(before[0], old_line, new_line, strict=True)
            if old != new}  # fmt: skip
