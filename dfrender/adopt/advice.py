"""An `Adoption` to what there is to do next: the next command, and lines for the files that other tools read.

Looks where those files are, so that the paths in their lines are right, and reads none of them.
"""

import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from dfrender.adopt.adopt import Adoption, Use
from dfrender.profile import folders
from dfrender.source import line_end


def next_steps(adoption: Adoption) -> str:
    """Say what to call next, and what that does to each file."""
    command = f"dfrender render {shlex.quote(adoption.template.as_posix())}"
    if not all(use.is_new or use.is_same for use in adoption.uses):
        command = f"{command} --diff, and if that is what you want: {command} --force"
    return f"next: {command}\n" + "".join(f"  {use.output} {_effect(adoption, use)}\n" for use in adoption.uses)


def snippets(adoption: Adoption) -> str:
    """Give the lines for version control, build context, DevSpace, Azure Pipelines and Make, under each file's name."""
    made = []
    for name, lines in _LINES.items():
        folder = _home(adoption.template, name)
        if body := list(lines(adoption, folder)):
            made.append("".join(f"{line}\n" for line in (f"# {folder / name}", *body)))
    return "\n".join(made)


def _effect(adoption: Adoption, use: Use) -> str:
    if use.is_new and use.is_plain and use.profile == "ci":
        return f"is new; list in {adoption.files[0].path} what earlier jobs build"
    if use.is_new:
        return "is new"
    return "keeps its text, below a header" if use.is_same else "changes, in references only"


def _home(template: Path, name: str) -> Path:
    """Give the nearest folder upward that has this file; else where it belongs in a repository."""
    upward = folders.upward(template.parent)
    default = upward[0 if name == ".dockerignore" else -1]
    return next((each for each in upward if (each / name).is_file()), default)


def _from(folder: Path, path: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _git_ignore(adoption: Adoption, folder: Path) -> Iterator[str]:
    return (f"/{_from(folder, use.output)}" for use in adoption.uses if use.is_new)


def _docker_ignore(adoption: Adoption, folder: Path) -> Iterator[str]:
    yield f"{_from(folder, adoption.template).removesuffix('.j2')}*"
    yield _from(folder, adoption.template.parent / "profiles" / "*.yaml")


def _git_attributes(adoption: Adoption, folder: Path) -> Iterator[str]:
    template = adoption.files[-1]
    eol = "crlf" if line_end(template.text) == "\r\n" else "lf"
    language = " linguist-language=Dockerfile" if template.path.suffix == ".j2" else ""
    yield f"/{_from(folder, template.path)} text eol={eol}{language}"
    yield from (f"/{_from(folder, use.output)} linguist-generated" for use in adoption.uses if not use.is_new)


def _devspace(adoption: Adoption, folder: Path) -> Iterator[str]:
    for use in adoption.uses:
        if use.profile != "ci":
            arguments = ["render", "-p", use.profile, _from(folder, adoption.template)]
            yield f"# with dockerfile: {_from(folder, use.output)} at the image"
            yield from ("hooks:", '- events: ["before:build"]', "  command: dfrender")
            yield f"  args: {json.dumps(arguments, ensure_ascii=False)}"


def _azure(adoption: Adoption, folder: Path) -> Iterator[str]:
    for use in adoption.uses:
        if use.profile == "ci":
            check = "" if use.is_new else "--check "
            yield f"- bash: dfrender render {check}-p ci {shlex.quote(_from(folder, adoption.template))}"
            yield from ("- task: Docker@2", "  inputs:", "    command: build")
            yield f"    Dockerfile: {_from(folder, use.output)}"
            yield "    addBaseImageData: false # else it pulls what it takes for the base image"


def _make(adoption: Adoption, folder: Path) -> Iterator[str]:
    template = shlex.quote(_from(folder, adoption.template))
    for use in adoption.uses:
        yield f"{_from(folder, use.output)}: FORCE"
        yield f"\t@dfrender render --quiet -p {use.profile} {template}"
    yield "FORCE:"


_LINES = {
    ".gitignore": _git_ignore,
    ".dockerignore": _docker_ignore,
    ".gitattributes": _git_attributes,
    "devspace.yaml": _devspace,
    "azure-pipelines.yml": _azure,
    "Makefile": _make,
}
