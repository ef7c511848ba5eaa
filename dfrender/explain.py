"""A line of a file that dfrender wrote to the reasons for it: template, include or macro, reference, and profile."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dfrender import provenance
from dfrender.api import Result
from dfrender.diagnostics import CallError, DfrenderError
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.files import OutputFile
from dfrender.header import HEADER, UpdateCommand, find_command
from dfrender.output import State
from dfrender.references.prebuilt import Prebuilt
from dfrender.references.verify import paired
from dfrender.source import At, split_lines
from dfrender.template.syntax import scan
from dfrender.template.template import read_template


def explain(file: str, number: int, environ: Mapping[str, str], here: Path) -> list[str]:
    """Return the line, and below it what it comes from; paths are shown from ``here``.

    Raises `CallError` for a line that is not there, for a file that dfrender did not write or whose template cannot be
    found, and `DfrenderError` for a line that would not be written any more.
    """
    texts = split_lines(read_template(Path(file)).text)
    command = _update_command(file, texts)
    if not 0 < number <= len(texts):
        message = f"there is no line {number}: the last one is {len(texts)}"
        raise CallError.of(At(file), "no-such-line", message, "write FILE:LINE")
    output = provenance.output_file_of(file, command, environ, here)
    text = texts[number - 1].rstrip()
    index = _index(output, number - 1, text)
    if index is None:
        message = "this line would not be written now"
        raise DfrenderError.of(At(file, number, 1), "line-is-gone", message, output.outdated())
    lines = [f"{file}:{number}: {text}"]
    lines += [f"   {each}" for each in _reasons(output, index)]
    if output.state is not State.CURRENT:
        lines.append(f"   {output.outdated()}")
    return lines


def _update_command(file: str, texts: Sequence[str]) -> UpdateCommand:
    command = find_command("".join(texts))
    if command is None:
        hint = "name a file that dfrender wrote"
        raise CallError.of(At(file), "no-header", "this file has no header of dfrender", hint)
    return command


def _index(output: OutputFile, index: int, text: str) -> int | None:
    """Return where a line of the file is in what would be written now: the nearest one with its text."""
    found = [each for each, line in enumerate(output.lines) if line.text.rstrip() == text]
    return min(found, key=lambda each: abs(each - index), default=None)


def _reasons(output: OutputFile, index: int) -> Iterator[str]:
    line, result = output.lines[index], output.result
    if line.why == HEADER:
        yield "the header: what the file is made of, and the command that renders it again"
    elif line.why:
        yield f"added by dfrender: {line.why}"
        yield from _shown(line.cause)
    elif output.is_ignore_file:
        yield from _shown(line.at)
    else:
        yield from _shown(line.at)
        yield from _about_template(result, line.at)
        header = sum(each.why == HEADER for each in output.lines[:index])
        yield from _about_references(result, index - header)
        for each in result.warnings:
            if (each.at.file, each.at.line) == (line.at.file, line.at.line):
                yield f"{each.severity.value}: {each.message} [{each.code}]"


def _shown(at: At | None) -> Iterator[str]:
    """Yield a place and what stands there."""
    if at is None:
        return
    text = ""
    if at.line:
        lines = split_lines(read_template(Path(at.file)).text)
        text = lines[at.line - 1].strip()
    yield f"{at}: {text}" if text else str(at)


def _about_template(result: Result, at: At) -> Iterator[str]:
    """Say which include and macro a line of the template is in, and where the values are set that it reads."""
    template = read_template(Path(at.file))
    if at.file != result.template.file:
        yield f"{at.file} is included by {result.template.file}"
    if not result.template.jinja:
        return
    source = scan(template.text, at.file)
    around = scan(template.text[: source.starts[at.line - 1]], at.file).open_blocks()
    words: list[str] = []
    for block in around:
        names = [word for _, word in source.words(block)]
        words += names
        if source.tag(block) == "macro":
            yield f"in the macro {names[1]!r} of {source.at(block.start)}"
    for tag in source.code(at.line):
        words += [word for _, word in source.words(tag)]
    for name in dict.fromkeys(words):
        for where in _shown(result.profile.value_places.get(name)):
            yield f"the value {name} is set at {where}"


def _about_references(result: Result, index: int) -> Iterator[str]:
    """Say of each reference in a line of the output what it means, and what in the profile made it so."""
    decided: dict[object, Prebuilt] = {}
    for each in result.decisions.prebuilt:
        decided.update((edge.reference, each) for edge in each.edges)
    for before, after in paired(result.decisions, result.output):
        if any(segment.line == index for segment in after.reference.segments):
            prebuilt = decided.get(before.reference)
            yield meaning(result.output, before, after, prebuilt)
            if prebuilt:
                yield from _shown(prebuilt.at)


def meaning(output: Graph, before: Edge, after: Edge, prebuilt: Prebuilt | None) -> str:
    """Say what a reference of the source means in the output, where ``prebuilt`` is what it was decided to be."""
    old, new = before.reference.text, after.reference.text
    if prebuilt:
        return _replaced(old, new, prebuilt)
    if old != new:
        return f"{old!r} is written {new!r}: there are other stages above that one here than in the template"
    if after.stage != NO_STAGE:
        return f"{new!r} is the stage at {output.stages[after.stage].at}"
    if not after.image:
        return f"{new!r} is nothing: an empty file system"
    if after.image == new:
        return f"{new!r} is an image"
    return f"{new!r} is the image {after.image}"


def _replaced(old: str, new: str, prebuilt: Prebuilt) -> str:
    if prebuilt.is_image:
        return f"{old!r} is written {new!r}: the prebuilt stage {prebuilt.name!r} is the image {prebuilt.image} here"
    if prebuilt.is_written:
        stage, arg = prebuilt.name, prebuilt.args[-1].name
        return f"{old!r} is written {new!r}: the prebuilt stage {stage!r} is built here unless {arg} names an image"
    build_context = f"--build-context {prebuilt.name}=docker-image://{prebuilt.image}"
    return f"{new!r} is the prebuilt stage {prebuilt.name!r}, which a builder replaces if it is given {build_context}"
