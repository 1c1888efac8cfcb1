"""The pages and the parts of the book in their order, from `_toc.yml`."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def names(entry):
    """Return the pages that a part of the table of contents names, in its order."""
    if isinstance(entry, list):
        return [name for item in entry for name in names(item)]
    own = [entry[key] for key in ("root", "file") if key in entry]
    below = [entry[key] for key in ("parts", "chapters", "sections") if key in entry]
    return own + names(below)


CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = names(CONTENTS)
PARTS = {part["caption"]: names(part) for part in CONTENTS["parts"]}
