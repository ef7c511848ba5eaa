"""Diagnostics to the commands by which pipelines show them, and any text to one that holds no command.

What is a command is taken from the sources of both: `ActionCommand.cs` of actions/runner, and `Command.cs` of
microsoft/azure-pipelines-agent. Both read standard output and standard error alike, and end lines at CR and LF.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.report.run import Run, full_message, printable, shown

# ``##vso[`` and ``##[`` anywhere, ``::`` behind white space at most (and a byte order mark, which .NET drops)
_COMMAND = re.compile(r"##(?=\w*\[)|(?:\A|[\r\n])(?:[^\S\r\n]|\ufeff)*:(?=:)")

_GITHUB_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_GITHUB_PROPERTY = _GITHUB_TEXT | str.maketrans({":": "%3A", ",": "%2C"})
_AZURE = str.maketrans({"%": "%AZP25", ";": "%3B", "\r": "%0D", "\n": "%0A", "]": "%5D"})


def harmless(text: str) -> str:
    """Put a space into all that a pipeline would take for a command."""
    return _COMMAND.sub(r"\g<0> ", text)


def github(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write a workflow command of GitHub Actions for each, with the path from the root of the repository."""
    text = ""
    for each in diagnostics:
        text += _github(each, run)
    return text


def _github(found: Diagnostic, run: Run) -> str:
    file, at = run.from_root(found.at.file), found.at
    properties: dict[str, object] = {}
    if file:
        properties |= {"file": file, "line": at.line, "col": at.column}
    properties["title"] = found.code
    written = ",".join(_written(properties, _GITHUB_PROPERTY))
    message = shown(full_message(found, place=not file))
    return f"::{found.severity.value} {written}::{_escaped(message, _GITHUB_TEXT)}\n"


def azure(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write a logging command of Azure Pipelines for each, with the absolute path, which the agent makes relative."""
    text = ""
    for each in diagnostics:
        text += _azure(each, run)
    return text


def _azure(found: Diagnostic, run: Run) -> str:
    file, at = run.path(found.at.file), found.at
    properties: dict[str, object] = {"type": found.severity.value}
    if file:
        properties |= {"sourcepath": file, "linenumber": at.line, "columnnumber": at.column}
    properties["code"] = found.code
    written = ";".join(_written(properties, _AZURE))
    message = shown(full_message(found, place=not file))
    return f"##vso[task.logissue {written};]{_escaped(message, _AZURE)}\n"


def _written(properties: Mapping[str, object], escapes: Mapping[int, str]) -> Iterator[str]:
    """Write the properties that are known; a line or a column of 0 is not."""
    for name, value in properties.items():
        if value:
            escaped = _escaped(str(value), escapes)
            yield f"{name}={escaped}"


def _escaped(text: str, escapes: Mapping[int, str]) -> str:
    """Escape for one pipeline what could be a command to the other."""
    return harmless(printable(text)).translate(escapes)
