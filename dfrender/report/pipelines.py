"""Diagnostics to the commands by which pipelines show them, and any text to one that holds no command.

What is a command is taken from the sources of both: `ActionCommand.cs` of actions/runner, and `Command.cs` of
microsoft/azure-pipelines-agent. Both read standard output and standard error alike, and end lines at CR and LF.
"""

import re
from collections.abc import Sequence

from dfrender.diagnostics import Diagnostic
from dfrender.report.run import Run, printable, told

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
    place = {"file": file, "line": found.at.line, "col": found.at.column} if file else {}
    properties = ",".join(
        f"{name}={_escaped(value, _GITHUB_PROPERTY)}" for name, value in {**place, "title": found.code}.items() if value
    )
    return f"::{found.severity.value} {properties}::{_escaped(told(found, place=not file), _GITHUB_TEXT)}\n"


def azure(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """Write a logging command of Azure Pipelines for each, with the absolute path, which the agent makes relative."""
    return "".join(_azure(each, run) for each in diagnostics)


def _azure(found: Diagnostic, run: Run) -> str:
    file = run.path(found.at.file)
    place = {"sourcepath": file, "linenumber": found.at.line, "columnnumber": found.at.column} if file else {}
    properties = {"type": found.severity.value, **place, "code": found.code}
    written = "".join(f"{name}={_escaped(value, _AZURE)};" for name, value in properties.items() if value)
    return f"##vso[task.logissue {written}]{_escaped(told(found, place=not file), _AZURE)}\n"


def _escaped(value: object, escapes: dict[int, str]) -> str:
    """Escape for one pipeline what could be a command to the other."""
    return harmless(printable(str(value))).translate(escapes)
