"""Pack the feedback pages for the bulk uploads of Moodle and Canvas.

Moodle ("Upload multiple feedback files in a zip") reads the participant's number from the name of a
folder, NAME_NUMBER_assignsubmission_file_: `importziplib.php` of Moodle 5.1. Versions before 4.1
need the last underscore, newer ones accept it.

Canvas ("Re-Upload Submissions") reads two numbers from a file name, the student's and that of the
uploaded file, NAME_NUMBER_FILE_…, and attaches the file to a comment under the name of the uploaded
file, which is a notebook: so the feedback is one too. See `infer_comment_context_from_filename` in
`abstract_assignment.rb` of instructure/canvas-lms at 028f76bb.

No name that came from the LMS or a student is used as it is.
"""

import io
import json
import re
import zipfile

from grader.course import collect, course_folder, lms
from grader.course.feedback import has_page, page_name

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same feedback gives the same bytes
LONGEST = 60  # characters of a name


def feedback_zip(round_, table, form, say):
    """Write the zip file; return its path and how many students are in it.

    `say` is called with one sentence for each student who is not.
    """
    latest = {each.student.key: each for each in collect.attempts(round_)}
    packed = io.BytesIO()
    count = 0
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in filter(has_page, table):
            name, why = _entry(round_, row, latest.get(row.attempt.student.key), form)
            if why:
                say(f"{row.attempt.student.name}: not in the zip file: {why}")
                continue
            archive.writestr(zipfile.ZipInfo(name, EPOCH), _content(round_, row, form))
            count += 1
    path = round_.course / "export" / f"{round_.name}-feedback-{form}.zip"
    course_folder.replace(round_.course, path, packed.getvalue())
    return path, count


def _entry(round_, row, latest, form):
    """Return the name of a student's entry, and why there is none."""
    student = row.attempt.student
    if student.lms != form or not student.number:
        return "", f"nothing of this student came from {form.title()}"
    name = plain_name(student.name)
    if form == "moodle":
        return f"{name}_{student.number}_assignsubmission_file_/{round_.name}-feedback.html", ""
    file = lms.uploaded_file(latest.original.rsplit("/", 1)[-1]) if latest else ""
    if not file:
        return "", "Canvas attaches feedback to an uploaded file only"
    who = student.number if student.number.isdecimal() else f"anon_{student.number}"
    start = who if who.startswith("anon_") else f"{name}_{who}"
    return f"{start}_{file}_{round_.name}-feedback.ipynb", ""


def plain_name(name):
    """Return a name of letters for a file name: no digits or underscores, which LMS would read.

    Examples
    --------
    >>> plain_name("Zoë d'Ångström"), plain_name("../x_99_assignsubmission_file_"), plain_name("7")
    ('Zoë d Ångström', 'x assignsubmission file', 'Participant')
    """
    letters = re.sub(r"[\W\d_]+", " ", name).strip()
    return letters[:LONGEST].strip() or "Participant"


def _content(round_, row, form):
    """Return a student's page for Moodle, or a notebook that shows it for Canvas."""
    page = (round_.folder("feedback") / page_name(row)).read_text(encoding="utf-8")
    return page if form == "moodle" else _as_notebook(page)


def _as_notebook(page):
    """Return a notebook with a page as the output of an empty cell: it is shown, not run."""
    body = page[page.index("<main>") : page.index("</main>")] + "</main>"
    text = "Open this notebook in JupyterLab to read the feedback."
    shown = {"text/html": body, "text/plain": text}
    output = {"output_type": "display_data", "data": shown, "metadata": {}}
    cell = {"cell_type": "code", "id": "feedback", "source": "", "outputs": [output],
            "execution_count": None, "metadata": {}}  # fmt: skip
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1)
