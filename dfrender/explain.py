"""A line of a file that dfrender wrote to the reasons for it: template, include or macro, reference, and profile."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dfrender import provenance
from dfrender.api import Result
from dfrender.diagnostics import CallError, DfrenderError, Diagnostic
from dfrender.dockerfile.graph import NO_STAGE, Edge
from dfrender.files import Target
from dfrender.output import HEADER, State
from dfrender.recipe import Recipe
from dfrender.references.prebuilt import Prebuilt
from dfrender.references.verify import paired
from dfrender.source import At, split_lines
from dfrender.template.syntax import scan
from dfrender.template.template import read


def explain(file: str, number: int, environ: Mapping[str, str]) -> list[str]:
    """Give the line, and below it what it comes from.

    Raises `CallError` for a line that is not there, for a file that dfrender did not write or whose template cannot be
    found, and `DfrenderError` for a line that would not be written any more.
    """
    texts = split_lines(read(Path(file)).text)
    recipe = _recipe(file, texts)
    if not 0 < number <= len(texts):
        message = f"there is no line {number}: the last one is {len(texts)}"
        raise CallError([Diagnostic(At(file), "no-such-line", message, hint="write FILE:LINE")])
    target = provenance.target_of(file, recipe, environ)
    text = texts[number - 1].rstrip()
    index = _index(target, number - 1, text)
    if index is None:
        message = "this line would not be written now"
        raise DfrenderError([Diagnostic(At(file, number, 1), "line-is-gone", message, hint=target.outdated())])
    reasons = list(_reasons(target, index))
    outdated = [] if target.state is State.CURRENT else [target.outdated()]
    return [f"{file}:{number}: {text}", *(f"   {each}" for each in (*reasons, *outdated))]


def _recipe(file: str, texts: Sequence[str]) -> Recipe:
    recipe = provenance.recipe_of("".join(texts))
    if recipe is None:
        hint = "name a file that dfrender wrote"
        raise CallError([Diagnostic(At(file), "no-header", "this file has no header of dfrender", hint=hint)])
    return recipe


def _index(target: Target, index: int, text: str) -> int | None:
    """Give where a line of the file is in what would be written now: the nearest one with its text."""
    found = [each for each, line in enumerate(target.lines) if line.text.rstrip() == text]
    return min(found, key=lambda each: abs(each - index), default=None)


def _reasons(target: Target, index: int) -> Iterator[str]:
    line, result = target.lines[index], target.result
    if line.why == HEADER:
        yield "the header: what the file is made of, and the command that renders it again"
    elif line.why:
        yield f"added by dfrender: {line.why}"
        yield from _shown(line.cause)
    elif target.is_ignore_file:
        yield from _shown(line.at)
    else:
        yield from _shown(line.at)
        yield from _about_template(result, line.at)
        yield from _about_references(result, index - sum(each.why == HEADER for each in target.lines[:index]))
        here = (each for each in result.warnings if each.at[:2] == line.at[:2])
        yield from (f"{each.severity.value}: {each.message} [{each.code}]" for each in here)


def _shown(at: At | None) -> Iterator[str]:
    """Give a place and what stands there."""
    if at:
        text = split_lines(read(Path(at.file)).text)[at.line - 1].strip() if at.line else ""
        yield f"{at}: {text}" if text else str(at)


def _about_template(result: Result, at: At) -> Iterator[str]:
    """Say which include and macro a line of the template is in, and where the values are set that it reads."""
    template = read(Path(at.file))
    if at.file != result.template.file:
        yield f"{at.file} is included by {result.template.file}"
    if result.template.jinja:
        source = scan(template.text, at.file)
        around = scan(template.text[: source.starts[at.line - 1]], at.file).open_blocks()
        for block in around:
            if source.tag(block) == "macro":
                name = [word for _, word in source.words(block)][1]
                yield f"in the macro {name!r} of {source.at(block.start)}"
        read_here = (word for piece in (*around, *source.code(at.line)) for _, word in source.words(piece))
        for name in dict.fromkeys(read_here):
            for where in _shown(result.profile.value_places.get(name)):
                yield f"the value {name} is set at {where}"


def _about_references(result: Result, index: int) -> Iterator[str]:
    """Say of each reference in a line of the output what it means, and what in the profile made it so."""
    decided = {edge.reference: each for each in result.prebuilt for edge in each.edges}
    for before, after in paired(result.source, result.output, result.kept):
        if any(piece.line == index for piece in after.reference.segments):
            prebuilt = decided.get(before.reference)
            yield _meaning(result, before, after, prebuilt)
            yield from _shown(prebuilt.at if prebuilt else None)


def _meaning(result: Result, before: Edge, after: Edge, prebuilt: Prebuilt | None) -> str:
    old, new = before.reference.text, after.reference.text
    written = f"{old!r} is written {new!r}"
    if prebuilt and prebuilt.is_image:
        return f"{written}: the prebuilt stage {prebuilt.name!r} is the image {prebuilt.image} here"
    if prebuilt and prebuilt.is_written:
        arg = prebuilt.args[-1].name
        return f"{written}: the prebuilt stage {prebuilt.name!r} is built here unless {arg} names an image"
    if prebuilt:
        build_context = f"--build-context {prebuilt.name}=docker-image://{prebuilt.image}"
        return (
            f"{new!r} is the prebuilt stage {prebuilt.name!r}, which a builder replaces if it is given {build_context}"
        )
    if old != new:
        return f"{written}: there are other stages above that one here than in the template"
    if after.stage != NO_STAGE:
        return f"{new!r} is the stage at {result.output.stages[after.stage].at}"
    image = "an image" if after.image == new else f"the image {after.image}"
    return f"{new!r} is {image if after.image else 'nothing: an empty file system'}"
