"""The JSON of other linters to diagnostics about the file that they read. Knows hadolint's and BuildKit's.

Another program's output is a user's input: whatever its types and depths are, it is read or refused. Where the lines
of that file come from is for others to say.
"""

import json
import re
from collections.abc import Sequence

from dfrender.diagnostics import CallError, Diagnostic, Problems, Severity
from dfrender.source import At

_OPENING = re.compile(r"^\ufeff?[ \t]*(?=[\[{])", re.MULTILINE)
_HALF_CHARACTERS = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
_NO_IMAGE = "failed to resolve source metadata"  # of BuildKit's source/containerimage
_WITHOUT_IMAGE = "check without it: --build-arg STAGE_IMAGE=scratch, as the ARG of the rendered file is called"
_STANDARD_INPUT = ("", "-", "/dev/stdin")


class _MalformedError(Exception):
    """A value is not what hadolint or BuildKit print there."""


class _Object:
    """A JSON object, of which each value is asked for with its type; null counts as missing."""

    def __init__(self, data: object) -> None:
        """Refuse what is not an object."""
        if not isinstance(data, dict):
            raise _MalformedError
        self.values = data

    def required(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise _MalformedError
        # JSON may hold the escape of half a character, which no stream takes
        return _HALF_CHARACTERS.sub("\ufffd", value)

    def text(self, key: str) -> str:
        """Return a text; empty if it is missing."""
        if self.values.get(key) is None:
            return ""
        return self.required(key)

    def file(self, key: str) -> str:
        """Return a text that can be the name of a file; empty if it is missing."""
        name = self.text(key)
        if "\0" in name:
            raise _MalformedError
        return name

    def number(self, key: str) -> int:
        """Return a number; 0 if it is missing, as BuildKit leaves out a field that is 0."""
        value = self.values.get(key)
        if value is None:
            return 0
        if type(value) is not int or value < 0:
            raise _MalformedError
        return value

    def object(self, key: str) -> "_Object":
        """Return an object; an empty one if it is missing."""
        return _Object(self.values.get(key) or {})

    def objects(self, key: str) -> list["_Object"]:
        """Return the objects in a list; none if it is missing."""
        return _objects(self.values.get(key) or [])


def _objects(data: object) -> list[_Object]:
    if not isinstance(data, list):
        raise _MalformedError
    return [_Object(each) for each in data]


def diagnostics(text: str, file: str, rendered: str = "") -> list[Diagnostic]:
    """Read what ``hadolint -f json`` or ``docker build --call=lint,format=json`` printed into ``file``.

    ``rendered`` is the file that they read, as the user would write it; without it, the one that they name. Raise
    `CallError` for any other text.
    """
    try:
        found = _read(_document(text))
    except (_MalformedError, RecursionError) as error:
        message = "this is the JSON of neither hadolint nor BuildKit"
        hint = "make it: hadolint -f json FILE, or docker build --call=lint,format=json -f FILE ."
        raise CallError.of(At(file), "unknown-findings", message, hint) from error
    if rendered:
        return [each._replace(at=At(rendered, each.at.line, each.at.column)) for each in found]
    if any(each.at.file in _STANDARD_INPUT for each in found):
        message = "the file in which this was found has no name here"
        hint = f"name it: dfrender lint --from {file} FILE"
        raise CallError.of(At(file), "unknown-findings", message, hint)
    return list(found)


def _document(text: str) -> object:
    """Return the one JSON document in a text; around it may stand what Docker says of a build, on lines of its own."""
    decoder = json.JSONDecoder()
    for opening in _OPENING.finditer(text):
        try:
            data, end = decoder.raw_decode(text, opening.end())
        except ValueError:
            continue  # as in "[+] Building 0.1s"
        if _OPENING.search(text, end):
            break
        return data
    raise _MalformedError


def _read(data: object) -> Problems:
    if isinstance(data, list):
        return _hadolint(_objects(data))
    return _buildkit(_Object(data))


def _hadolint(data: Sequence[_Object]) -> Problems:
    found = Problems()
    for each in data:
        at = At(each.file("file"), each.number("line"), each.number("column"))
        code = each.required("code")
        message = each.required("message")
        severity = Severity.WARNING
        if each.required("level") == "error":
            severity = Severity.ERROR
        found.append(Diagnostic(at, code, message, severity, f"see hadolint {code}"))
    return found


def _buildkit(data: _Object) -> Problems:
    """Return the warnings, and the error that ended the build.

    The format is that of ``frontend/subrequests/lint/lint.go`` in moby/buildkit.
    """
    if not {"sources", "warnings"} <= data.values.keys():
        raise _MalformedError
    found = Problems()
    sources = data.objects("sources")
    for each in data.objects("warnings"):
        at = _place(sources, each.object("location"))
        code = each.required("ruleName")
        message = each.text("detail") or each.required("description")
        url = each.text("url")
        hint = f"see {url}" if url else each.required("description")
        found.append(Diagnostic(at, code, message, Severity.WARNING, hint))
    error = data.object("buildError")
    if error.values:
        at = _place(sources, error.object("location"))
        message = error.required("message")
        hint = "fix this first"
        if _NO_IMAGE in message:
            hint = f"if the image is not built yet, {_WITHOUT_IMAGE}"
        found.error(at, "build-error", message, hint)
    return found


def _place(sources: Sequence[_Object], location: _Object) -> At:
    """Return the place of a warning: where the first of its ranges begins."""
    file = ""
    if sources:
        index = location.number("sourceIndex")
        if index >= len(sources):
            raise _MalformedError
        file = sources[index].file("filename")
    ranges = location.objects("ranges")
    if not ranges:
        return At(file)
    start = ranges[0].object("start")
    line = start.number("line")
    if not line:
        return At(file)
    return At(file, line, start.number("character") + 1)
