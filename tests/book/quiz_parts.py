"""A question without a fault, and questions as the build writes them."""

from pathlib import Path

from website.extension import questions

BOOK = Path(__file__).parents[2] / "book"


GOOD = """<fieldset class="quiz">
<legend>What is one plus one?</legend>
<details data-right><summary>Two.</summary>Right: two ones make a pair.</details>
<details><summary>Three.</summary>No: that is one more than a pair.</details>
</fieldset>"""


def built(source):
    """Return questions as the build writes them."""
    return questions.QUESTION.sub(questions.named, source)
