"""What stages are made of to text: a table, JSON, variables for a shell or a dotenv file, variables of Azure."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.inputs.parts import Digest
from dfrender.inputs.taking import files
from dfrender.source import At

_HEAD = ("STAGE", "DIGEST", "FILES")
_UNQUOTED = re.compile(r"[A-Za-z0-9._:/@-]+")


class Image(NamedTuple):
    """The image of a prebuilt stage, and the variable that it is to be in; ``at`` is where it is written."""

    variable: str
    name: str
    at: At


class Shown(NamedTuple):
    """What is shown of a template for a profile."""

    template: str
    profile: str
    digests: Sequence[Digest]
    images: Sequence[Image]


def table(shown: Sequence[Shown], *, lists_files: bool) -> str:
    """Return stage, digest and number of files in columns, with the names of the files below them."""
    lines: list[str] = []
    for each in shown:
        if len(shown) > 1:
            lines.append(f"{each.template}, profile {each.profile}")
        width = max(len(name) for name in [_HEAD[0], *(digest.name for digest in each.digests)])
        lines.append(f"{_HEAD[0]:<{width}}  {_HEAD[1]:<20}  {_HEAD[2]}")
        for digest in each.digests:
            lines.append(f"{digest.name:<{width}}  {digest.tag}  {files(digest.inputs)}")
            if lists_files:
                lines += [f"    {path}" for path in _listed(digest)]
    return "".join(f"{line}\n" for line in lines)


def as_json(shown: Sequence[Shown], *, lists_files: bool) -> str:
    """Return a document; of several templates it is a list of them."""
    found = [_template(each, lists_files=lists_files) for each in shown]
    if len(shown) == 1:
        document: dict[str, object] = {"version": 1, **found[0]}
    else:
        templates = [{"template": each.template, **one} for each, one in zip(shown, found, strict=True)]
        document = {"version": 1, "templates": templates}
    return f"{json.dumps(document, indent=2)}\n"


def variables(shown: Sequence[Shown]) -> str:
    """Return lines ``NAME=IMAGE`` that need no quotes."""
    return "".join(f"{each.variable}={each.name}\n" for each in _images(shown))


def for_azure(shown: Sequence[Shown]) -> str:
    """Return commands that set output variables of the step that prints them."""
    lines: list[str] = []
    for each in _images(shown):
        lines.append(f"##vso[task.setvariable variable={each.variable};isOutput=true]{each.name}\n")
    return "".join(lines)


def _images(shown: Sequence[Shown]) -> Iterator[Image]:
    """Yield all images; report those that would need quotes, and variables that would be set twice."""
    problems = Problems()
    found: dict[str, Image] = {}
    for template in shown:
        for each in template.images:
            if not _UNQUOTED.fullmatch(each.name):
                message = f"the image {each.name!r} holds a character that would need quotes"
                hint = "only letters, digits and . _ : / @ - are written; --format json takes all"
                problems.error(each.at, "unquotable-image", message, hint)
            first = found.setdefault(each.variable, each)
            if first.name != each.name:
                message = f"{each.variable} would be set twice: to {first.name} and to {each.name}"
                hint = "set arg_name of one of the stages, or name one template"
                problems.error(each.at, "repeated-variable", message, hint, [("the other", first.at)])
    problems.refuse()
    yield from found.values()


def _template(shown: Shown, *, lists_files: bool) -> dict[str, object]:
    stages: list[dict[str, object]] = []
    for digest in shown.digests:
        stage: dict[str, object] = {"stage": digest.name, "digest": digest.sha256, "files": files(digest.inputs)}
        if lists_files:
            stage["inputs"] = [_input(digest, path) for path in _listed(digest)]
        stages.append(stage)
    return {"profile": shown.profile, "stages": stages}


def _input(digest: Digest, path: str) -> dict[str, str]:
    found = digest.inputs[path]
    described = {"path": path, "kind": found.kind}
    if found.kind == "link":
        described["target"] = found.what
    elif found.what:
        described["sha256"] = found.what
    return described


def _listed(digest: Digest) -> list[str]:
    return sorted(digest.inputs)
