"""The document ``manuals.md`` to what is to be said about each code that can stand in brackets behind a message.

It is read when it is first asked for, since a rendering does without it.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import Severity
from dfrender.rules.check import all_rules

# importlib.resources does the same, and takes 41 ms to import
_read: Callable[[str], bytes] = __loader__.get_data  # type: ignore[name-defined]  # every loader of files has it

_DOCUMENT = Path(__file__).with_name("manuals.md")
_HEADING = re.compile(r"## (?P<code>[a-z-]+)(?: \((?P<severity>error|warning)\))?")
_SAMPLE_INDENT = "    "
_RULES = "Rules"


class Manual(NamedTuple):
    """What is to be said about a code, in Markdown: a sentence, then text, then samples.

    ``group`` is the part of the document that it stands in.
    """

    code: str
    severity: Severity
    group: str
    markdown: str

    @property
    def is_rule(self) -> bool:
        """Say whether it is one of the rules, which users can ask ``lint`` for and ignore."""
        return self.group == _RULES

    @property
    def plain(self) -> str:
        """Return the text as a terminal shows it: without the backticks of Markdown, which stay in samples."""
        lines = []
        for line in self.markdown.splitlines():
            if not line.startswith(_SAMPLE_INDENT):
                line = line.replace("`", "")  # noqa: PLW2901 - the line as it is shown
            lines.append(line)
        return "\n".join(lines)

    @property
    def summary(self) -> str:
        """Return the sentence that says what it is about."""
        paragraph, _, _ = self.plain.partition("\n\n")
        return " ".join(paragraph.split())

    @property
    def page(self) -> str:
        """Return the address of the manual: the document as it is installed, which is of the version that is run."""
        return f"{_DOCUMENT.absolute().as_uri()}#{self.code}"


@cache
def manuals() -> Mapping[str, Manual]:
    """Return the manual of every code of dfrender's own, in the order of the document."""
    data = _read(str(_DOCUMENT))
    document = data.decode().replace("\r\n", "\n")
    severities: dict[str, Severity] = {}
    for each in all_rules():
        severities.setdefault(each.code, each.severity)
    found: dict[str, Manual] = {}
    group = ""
    for section in re.split(r"(?m)^(?=##? )", document):
        heading, _, text = section.partition("\n")
        match = _HEADING.fullmatch(heading)
        if not match:
            group = heading.removeprefix("# ")
            continue
        code, written = match.groups()
        if written:
            severities[code] = Severity(written)
        found[code] = Manual(code, severities[code], group, text.strip("\n"))
    return found


def rules() -> Mapping[str, Manual]:
    """Return the manuals of what ``lint`` looks for."""
    return {code: manual for code, manual in manuals().items() if manual.is_rule}


def explanation(manual: Manual) -> str:
    """Return all that is to be said about a code, for a terminal."""
    title = f"{manual.code} ({manual.severity.value})"
    parts = [title, manual.plain]
    if manual.is_rule:
        comment = f"# dfrender: ignore={manual.code}"
        parts.append(f"To ignore it, write {comment} above the instruction, or list it under ignore in the profile.")
    return "\n\n".join(parts) + "\n"


def listing() -> str:
    """Return each rule with its severity and its sentence, a line each."""
    known = rules()
    width = max(map(len, known))
    text = ""
    for code, each in known.items():
        text += f"{code:{width}}  {each.severity.value:7}  {each.summary}\n"
    return text
