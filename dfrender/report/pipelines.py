"""Diagnostics to the commands by which pipelines show them, and any text to one that holds no command.

What is a command is taken from the sources of both: `ActionCommand.cs` of actions/runner, and `Command.cs` of
microsoft/azure-pipelines-agent. Both read standard output and standard error alike, and end lines at CR and LF.
"""

import re
from collections.abc import Mapping, Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.report.run import Run, full_message, printable

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
    return "".join(_github(each, run) for each in diagnostics)


def _github(found: Diagnostic, run: Run) -> str:
    file = run.from_root(found.at.file)
    properties: dict[str, object] = {}
    if file:
        properties |= {"file": file, "line": found.at.line, "col": found.at.column}
    properties["title"] = found.code
    written = ",".join(_properties(properties, _GITHUB_PROPERTY))
    message = _escaped(full_message(found, place=not file), _GITHUB_TEXT)
    return f"::{found.severity.value} {written}::{message}\n"


def azure(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write a logging command of Azure Pipelines for each, with the absolute path, which the agent makes relative."""
    return "".join(_azure(each, run) for each in diagnostics)


def _azure(found: Diagnostic, run: Run) -> str:
    file = run.path(found.at.file)
    properties: dict[str, object] = {"type": found.severity.value}
    if file:
        properties |= {"sourcepath": file, "linenumber": found.at.line, "columnnumber": found.at.column}
    properties["code"] = found.code
    written = "".join(f"{each};" for each in _properties(properties, _AZURE))
    message = _escaped(full_message(found, place=not file), _AZURE)
    return f"##vso[task.logissue {written}]{message}\n"


def _properties(properties: Mapping[str, object], escapes: Mapping[int, str]) -> list[str]:
    """Write the properties that are known; a line or a column of 0 is not."""
    return [f"{name}={_escaped(str(value), escapes)}" for name, value in properties.items() if value]


def _escaped(text: str, escapes: Mapping[int, str]) -> str:
    """Escape for one pipeline what could be a command to the other."""
    return harmless(printable(text)).translate(escapes)
