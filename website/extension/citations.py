"""Citations by author and year; a work without a date is cited by its author alone.

Where the pointer rests on a citation, it says the title of the work: author and year are there.
"""

from dataclasses import dataclass

from pybtex import plugin
from pybtex.style import FormattedEntry
from pybtex.style.formatting.unsrt import Style
from pybtex.style.template import field, optional
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import author_year, basic_author_year
from sphinxcontrib.bibtex.style.template import join, join2, post_text, pre_text, reference

THEIRS, OURS, TITLE = "author_year", "author_and_year", "title_alone"


class Parenthetical(basic_author_year.BasicAuthorYearParentheticalReferenceStyle):
    """A citation in parentheses."""

    def inner(self, role_name):
        """Return the author, and the year if there is one."""
        author = self.person.author_or_editor_or_title(full="s" in role_name)
        work = join(sep=self.author_year_sep)[author, optional[field("year")]]
        around = join2(sep1=self.pre_text_sep, sep2=self.post_text_sep)
        return around[pre_text, reference[work], post_text]


@dataclass
class AuthorAndYear(author_year.AuthorYearReferenceStyle):
    """The style of sphinxcontrib-bibtex with our citation in parentheses."""

    def __post_init__(self):
        """Use our citation instead of theirs."""
        super().__post_init__()
        own = Parenthetical(bracket=self.bracket_parenthetical, person=self.person)
        self.role_style.update(dict.fromkeys(own.role_names(), own))


class TitleAlone(Style):
    """A work by its title."""

    def format_entry(self, label, entry, bib_data=None):
        """Return the title."""
        context = {"entry": entry, "style": self, "bib_data": bib_data}
        return FormattedEntry(entry.key, field("title").format_data(context), label)


def configure(app, config):
    """Take our style where the book asks for theirs."""
    if "bibtex_tooltips_style" in config:
        config.bibtex_tooltips_style = TITLE
    if "bibtex_reference_style" in config and config.bibtex_reference_style == THEIRS:
        config.bibtex_reference_style = OURS


def setup(app):
    """Register the style."""
    plugin.register_plugin("pybtex.style.formatting", TITLE, TitleAlone, force=True)
    register_plugin("sphinxcontrib.bibtex.style.referencing", OURS, AuthorAndYear, force=True)
    app.connect("config-inited", configure)
