"""What stages are made of to text: a table, JSON, variables for a shell or a dotenv file, variables of Azure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.inputs.parts import Digest
from dfrender.inputs.taking import files
from dfrender.profile.variables import ImageVariable, check_variables

_HEAD = ("STAGE", "DIGEST", "FILES")


class Shown(NamedTuple):
    """What is shown of a template for a profile."""

    template: str
    profile: str
    digests: Sequence[Digest]
    images: Sequence[ImageVariable]


def table(shown: Sequence[Shown], *, lists_files: bool) -> str:
    """Return stage, digest and number of files in columns, with the names of the files below them."""
    lines: list[str] = []
    for each in shown:
        if len(shown) > 1:
            lines.append(f"{each.template}, profile {each.profile}")
        lines += _rows(each, lists_files=lists_files)
    return "".join(f"{line}\n" for line in lines)


def _rows(shown: Shown, *, lists_files: bool) -> Iterator[str]:
    stage, digest_title, files_title = _HEAD
    width = len(stage)
    for digest in shown.digests:
        width = max(width, len(digest.name))
    yield f"{stage:<{width}}  {digest_title:<20}  {files_title}"
    for digest in shown.digests:
        count = files(digest.inputs)
        yield f"{digest.name:<{width}}  {digest.tag}  {count}"
        if lists_files:
            for path in sorted(digest.inputs):
                yield f"    {path}"


def as_json(shown: Sequence[Shown], *, lists_files: bool) -> str:
    """Return a document; of several templates it is a list of them."""
    found: list[dict[str, object]] = []
    for each in shown:
        document = _template(each, lists_files=lists_files)
        if len(shown) > 1:
            document = {"template": each.template, **document}
        found.append(document)
    return in_one_document(found)


def in_one_document(found: Sequence[Mapping[str, object]]) -> str:
    """Return what was found of templates as JSON with its version: of several, as a list."""
    document: dict[str, object] = {"version": 1}
    if len(found) == 1:
        document |= found[0]
    else:
        document["templates"] = found
    return f"{json.dumps(document, indent=2)}\n"


def variables(shown: Sequence[Shown]) -> str:
    """Return lines ``NAME=IMAGE`` that need no quotes."""
    return "".join(f"{each.variable.text}={each.name}\n" for each in _images(shown))


def for_azure(shown: Sequence[Shown]) -> str:
    """Return commands that set output variables of the step that prints them."""
    lines: list[str] = []
    for each in _images(shown):
        lines.append(f"##vso[task.setvariable variable={each.variable.text};isOutput=true]{each.name}\n")
    return "".join(lines)


def _images(shown: Sequence[Shown]) -> Sequence[ImageVariable]:
    """Return all images, each variable once; refuse what cannot be one."""
    problems = Problems()
    images: list[ImageVariable] = []
    for template in shown:
        images += template.images
    found = check_variables(images, problems)
    problems.refuse()
    return found


def _template(shown: Shown, *, lists_files: bool) -> dict[str, object]:
    stages: list[dict[str, object]] = []
    for digest in shown.digests:
        count = files(digest.inputs)
        stage: dict[str, object] = {"stage": digest.name, "digest": digest.sha256, "files": count}
        if lists_files:
            stage["inputs"] = _described(digest)
        stages.append(stage)
    return {"profile": shown.profile, "stages": stages}


def _described(digest: Digest) -> list[dict[str, str]]:
    described: list[dict[str, str]] = []
    for path in sorted(digest.inputs):
        found = digest.inputs[path]
        one = {"path": path, "kind": found.kind}
        if found.kind == "link":
            one["target"] = found.what
        elif found.what:
            one["sha256"] = found.what
        described.append(one)
    return described
