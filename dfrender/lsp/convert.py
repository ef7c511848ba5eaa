"""What the other rooms of the server know to what the protocol has for it, and paths to addresses."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls import uris

from dfrender.lsp.features.completion import Completion
from dfrender.lsp.features.hover import Hover
from dfrender.lsp.features.outline import Symbol
from dfrender.lsp.features.renaming import Edit
from dfrender.lsp.model import Problem, Rendering
from dfrender.lsp.text import Location, Position, Range

SOURCE = "dfrender"


class Addresses:
    """Paths and the addresses that the editor has for them, which may be written in another way than ours."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[str, str] = {}

    def path(self, uri: str) -> str:
        """Return the path of an address, empty for what cannot be a file; the address is remembered."""
        path = ""
        if uri.startswith("file:"):
            path = uris.to_fs_path(uri) or ""
        if not _can_be_file(path):
            return ""
        self._known[path] = uri
        return path

    def uri(self, path: str) -> str:
        """Return the address of a path: that of the editor where it named the file."""
        return self._known.get(path) or uris.from_fs_path(path) or path


def _can_be_file(path: str) -> bool:
    """Say whether there is a file of this path, or could be."""
    if not Path(path).is_absolute():  # that of another operating system, as c:/x is where folders begin with /
        return False
    try:
        Path(path).lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):  # a name that is too long, or holds NUL
        return False
    return True


def position(given: types.Position) -> Position:
    """Return a position of the protocol as ours."""
    return Position(given.line, given.character)


def as_range(given: Range) -> types.Range:
    """Return a range as the protocol has it."""
    return types.Range(types.Position(*given.start), types.Position(*given.end))


def as_location(given: Location, addresses: Addresses) -> types.Location:
    """Return a location as the protocol has it."""
    return types.Location(addresses.uri(given.path), as_range(given.range))


def as_diagnostics(problems: Sequence[Problem], addresses: Addresses) -> Iterator[types.Diagnostic]:
    """Yield problems as the protocol has them; the hint is a line of its own below the message."""
    for each in problems:
        severity = types.DiagnosticSeverity.Warning
        if each.is_error:
            severity = types.DiagnosticSeverity.Error
        message = each.message
        if each.hint:
            message = f"{message}\n{each.hint}"
        related: list[types.DiagnosticRelatedInformation] = []
        for text, location in each.related:
            related.append(types.DiagnosticRelatedInformation(as_location(location, addresses), text))
        yield types.Diagnostic(
            as_range(each.location.range),
            message,
            severity=severity,
            code=each.code,
            code_description=types.CodeDescription(each.page),
            source=SOURCE,
            related_information=related or None,
        )


def as_renderings(renderings: Sequence[Rendering], addresses: Addresses) -> Iterator[dict[str, object]]:
    """Yield renderings as a command returns them: ``line`` counts from 0, ``why`` is there for what dfrender added."""
    for each in renderings:
        lines: list[dict[str, object]] = []
        for path, line, why in each.lines:
            lines.append({"uri": addresses.uri(path), "line": max(line - 1, 0), "why": why})
        yield {"profile": each.profile, "text": each.text, "lines": lines}


def as_workspace_edit(
    edits: Sequence[Edit],
    addresses: Addresses,
    versions: Mapping[str, int],
    creates: Sequence[str] = (),
    *,
    with_versions: bool,
) -> types.WorkspaceEdit:
    """Return edits as the protocol has them, and the files that are made before.

    ``with_versions``: for an editor that compares those of its documents; only such a one can make files.
    """
    by_path: dict[str, list[types.TextEdit]] = {}
    for each in edits:
        edit = types.TextEdit(as_range(each.location.range), each.text)
        by_path.setdefault(each.location.path, []).append(edit)
    if not with_versions:
        return types.WorkspaceEdit(changes={addresses.uri(path): found for path, found in by_path.items()})
    changes: list[types.TextDocumentEdit | types.CreateFile] = []
    for path in creates:
        changes.append(types.CreateFile(addresses.uri(path)))
    for path, found in by_path.items():
        document = types.OptionalVersionedTextDocumentIdentifier(addresses.uri(path), versions.get(path))
        changes.append(types.TextDocumentEdit(document, list(found)))
    return types.WorkspaceEdit(document_changes=changes)


def as_hover(found: Sequence[Hover]) -> types.Hover | None:
    """Return what is said of a place, for each template that it belongs to; None for nothing."""
    if not found:
        return None
    text = "\n\n".join(dict.fromkeys(each.text for each in found))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), as_range(found[0].range))


def as_completion(given: Completion) -> types.CompletionItem:
    """Return a completion as the protocol has it; the range is part of it, since editors cut words in their own way."""
    edit = types.TextEdit(as_range(given.range), given.text)
    return types.CompletionItem(given.label, detail=given.detail or None, filter_text=given.label, text_edit=edit)


def as_symbol(given: Symbol) -> types.DocumentSymbol:
    """Return a stage as the protocol has it."""
    kind = types.SymbolKind.Class
    return types.DocumentSymbol(given.name, kind, as_range(given.range), as_range(given.name_range))
