"""An `Adoption` to what there is to do next: the next command, and lines for the files that other tools read.

Looks where those files are, so that the paths in their lines are right, and reads none of them.
"""

import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from dfrender.adopt.adopt import Adoption
from dfrender.adopt.proof import Use
from dfrender.profile import folders
from dfrender.source import line_end


def next_steps(adoption: Adoption) -> str:
    """Say what to call next, and what that does to each file."""
    template = shlex.quote(adoption.template.as_posix())
    command = f"dfrender render {template}"
    if any(_needs_force(use) for use in adoption.uses):
        command = f"{command} --diff, and if that is what you want: {command} --force"
    lines = [f"next: {command}\n"]
    for use in adoption.uses:
        lines.append(f"  {use.output} {_effect(adoption, use)}\n")
    return "".join(lines)


def snippets(adoption: Adoption) -> str:
    """Return the lines for git, the build context, DevSpace, Azure Pipelines and Make, under each file's name."""
    made: list[str] = []
    for name, lines in _LINES.items():
        folder = _home(adoption.template, name)
        body = "".join(f"{line}\n" for line in lines(adoption, folder))
        if body:
            made.append(f"# {folder / name}\n{body}")
    return "\n".join(made)


def _needs_force(use: Use) -> bool:
    return not (use.is_new or use.is_same)


def _effect(adoption: Adoption, use: Use) -> str:
    if use.is_new and use.is_plain and use.profile == "ci":
        return f"is new; list in {adoption.files[0].path} what earlier jobs build"
    if use.is_new:
        return "is new"
    if use.is_same:
        return "keeps its text, below a header"
    if use.is_completed:
        return "gains a line end at its end, and a header"
    return "changes, in references only"


def _home(template: Path, name: str) -> Path:
    """Return the nearest folder upward that has this file; else where it belongs in a repository."""
    upward = folders.upward(template.parent)
    for folder in upward:
        if (folder / name).is_file():
            return folder
    if name == ".dockerignore":
        return upward[0]
    return upward[-1]


def _from(folder: Path, path: Path) -> str:
    relative = os.path.relpath(path, folder)
    return Path(relative).as_posix()


def _git_ignore(adoption: Adoption, folder: Path) -> Iterator[str]:
    for use in adoption.uses:
        if use.is_new:
            yield f"/{_from(folder, use.output)}"


def _docker_ignore(adoption: Adoption, folder: Path) -> Iterator[str]:
    template = _from(folder, adoption.template)
    profiles = adoption.template.parent / "profiles"
    covered = template.removesuffix(".j2")
    yield f"{covered}*"
    for use in adoption.uses:
        output = _from(folder, use.output)
        if not output.startswith((covered, "../")):
            yield output
    yield _from(folder, profiles / "*.yaml")


def _git_attributes(adoption: Adoption, folder: Path) -> Iterator[str]:
    template = adoption.files[-1]
    attributes = "text eol=lf"
    if line_end(template.text) == "\r\n":
        attributes = "text eol=crlf"
    if template.path.suffix == ".j2":
        attributes = f"{attributes} linguist-language=Dockerfile"
    yield f"{_pattern(folder, template.path)} {attributes}"
    for use in adoption.uses:
        if not use.is_new:
            yield f"/{_from(folder, use.output)} linguist-generated"


def _pattern(folder: Path, template: Path) -> str:
    """Return what matches a template, and with it the files beside it and below that it may include."""
    if template.suffix != ".j2":
        return f"/{_from(folder, template)}"
    home = _from(folder, template.parent)
    return "*.j2" if home == "." else f"/{home}/**/*.j2"


def _devspace(adoption: Adoption, folder: Path) -> Iterator[str]:
    template = _from(folder, adoption.template)
    for use in adoption.uses:
        if use.profile != "ci":
            arguments = json.dumps(["render", "-p", use.profile, template], ensure_ascii=False)
            yield f"# with dockerfile: {_from(folder, use.output)} at the image"
            yield "hooks:"
            yield '- events: ["before:build"]'
            yield "  command: dfrender"
            yield f"  args: {arguments}"


def _azure(adoption: Adoption, folder: Path) -> Iterator[str]:
    template = shlex.quote(_from(folder, adoption.template))
    for use in adoption.uses:
        if use.profile == "ci":
            command = "dfrender render" if use.is_new else "dfrender render --check"
            yield f"- bash: {command} -p ci {template}"
            yield "- task: Docker@2"
            yield "  inputs:"
            yield "    command: build"
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
