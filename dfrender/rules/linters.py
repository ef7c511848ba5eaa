"""The code of another linter, whose findings ``lint --from`` reports, to who explains it and where."""

import re
from typing import NamedTuple


class _Linter(NamedTuple):
    """Who has codes of this form, what it is, its page about one of them, and what stands in a file to ignore one.

    In a page, ``CODE`` and ``code-in-words`` stand for the code.
    """

    name: str
    form: str
    what: str
    page: str
    ignoring: str


_LINTERS = (
    _Linter(
        "hadolint",
        "DL[0-9]{4}",
        "a rule of hadolint",
        "https://github.com/hadolint/hadolint/wiki/CODE",
        "# hadolint ignore=CODE above the instruction",
    ),
    _Linter(
        "ShellCheck",
        "SC[0-9]{4}",
        "a rule of ShellCheck, which hadolint applies to the commands of RUN",
        "https://github.com/koalaman/shellcheck/wiki/CODE",
        "# hadolint ignore=CODE above the instruction",
    ),
    _Linter(
        "BuildKit",
        "(?:[A-Z]+[a-z]+){2,}",
        "a build check of BuildKit",
        "https://docs.docker.com/reference/build-checks/code-in-words/",
        "# check=skip=CODE at the top of the Dockerfile",
    ),
)
_WORD_BOUNDARY = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class ForeignCode(NamedTuple):
    """A code that is not dfrender's: the linter that it is of, what there is to say, and the page that says more."""

    linter: str
    text: str
    page: str


def foreign_code(code: str) -> ForeignCode | None:
    """Return what is known of a code; nothing where no linter has codes of its form."""
    for linter in _LINTERS:
        if re.fullmatch(linter.form, code):
            in_words = _WORD_BOUNDARY.sub("-", code).lower()
            page = linter.page.replace("CODE", code)
            page = page.replace("code-in-words", in_words)
            ignoring = linter.ignoring.replace("CODE", code)
            text = f"This is {linter.what}.\n\nIt is explained at {page}\n\nTo ignore it, write {ignoring}."
            return ForeignCode(linter.name, text, page)
    return None
