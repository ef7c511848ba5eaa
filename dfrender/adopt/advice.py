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

_IGNORE_FILE = ".dockerignore"


def next_steps(adoption: Adoption) -> str:
    """Say what to call next, and what that does to each file."""
    command = _render(adoption)
    if any(_needs_force(use) for use in adoption.uses):
        command = f"{command} --diff, and if that is what you want: {command} --force"
    lines = [f"next: {command}\n"]
    for use in adoption.uses:
        lines.append(f"  {use.output} {_effect(adoption, use)}\n")
    return "".join(lines)


def comparison(adoption: Adoption) -> str:
    """Say what to call next where files were kept, which may make something else of the template."""
    return f"next: {_render(adoption)} --diff, which shows what the files that were kept make of it\n"


def _render(adoption: Adoption) -> str:
    template = shlex.quote(adoption.template.as_posix())
    return f"dfrender render {template}"


def snippets(adoption: Adoption) -> str:
    """Return the lines for git, the build context, DevSpace, Azure Pipelines and Make, under each file's name."""
    made: list[str] = []
    for name, lines in _LINES.items():
        for folder in _homes(adoption, name):
            body = "".join(f"{line}\n" for line in lines(adoption, folder))
            if body:
                made.append(f"# {_file(adoption, folder, name)}\n{body}")
    return "\n".join(made)


def _file(adoption: Adoption, folder: Path, name: str) -> Path:
    """Return the file that lines are for; an ignore file beside a Dockerfile takes the place of that of the context."""
    own = _own_ignore_file(adoption)
    if name == _IGNORE_FILE and own:
        return own
    return folder / name


def _own_ignore_file(adoption: Adoption) -> Path | None:
    """Return the ignore file that the template has for itself, which is rendered too; None where there is none."""
    for each in (adoption.template, adoption.template.with_suffix("")):
        path = each.with_name(f"{each.name}{_IGNORE_FILE}")
        if path.is_file():
            return path
    return None


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


def _homes(adoption: Adoption, name: str) -> list[Path]:
    """Return the folders of files that are to have lines: build contexts, or the nearest upward that has the file.

    A file of a bot is at the root, and only a repository that has one needs lines for it.
    """
    if name == _IGNORE_FILE:
        return list(dict.fromkeys(use.context for use in adoption.uses))
    if name in _BOTS:
        root = folders.upward(adoption.template.parent)[-1]
        return [root] if (root / name).is_file() else []
    upward = folders.upward(adoption.template.parent)
    for folder in upward:
        if (folder / name).is_file():
            return [folder]
    return [upward[-1]]


def _from(folder: Path, path: Path) -> str:
    relative = os.path.relpath(path, folder)
    return Path(relative).as_posix()


def _git_ignore(adoption: Adoption, folder: Path) -> Iterator[str]:
    for use in adoption.uses:
        if use.is_new:
            yield f"/{_from(folder, use.output)}"
            if _own_ignore_file(adoption):
                yield f"/{_from(folder, use.output)}{_IGNORE_FILE}"


def _docker_ignore(adoption: Adoption, folder: Path) -> Iterator[str]:
    """Yield what is rendered and what it is rendered from, as far as it lies in a build context."""
    covered = _from(folder, adoption.template).removesuffix(".j2")
    found = [f"{covered}*"]
    for use in adoption.uses:
        output = _from(folder, use.output)
        if not output.startswith(covered):
            found.append(output)
    found.append(_from(folder, adoption.template.parent / "profiles" / "*.yaml"))
    for each in found:
        if not each.startswith("../"):
            yield each


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
            context = _from(folder, use.context)
            also = "" if context == "." else f" and context: {context}"
            yield f"# with dockerfile: {_from(folder, use.output)}{also} at the image"
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
            if _from(use.output.parent, use.context) != ".":
                yield f"    buildContext: {_from(folder, use.context)}"
            yield "    addBaseImageData: false # else it pulls what it takes for the base image"


def _make(adoption: Adoption, folder: Path) -> Iterator[str]:
    template = shlex.quote(_from(folder, adoption.template))
    for use in adoption.uses:
        yield f"{_from(folder, use.output)}: FORCE"
        yield f"\t@dfrender render --quiet -p {use.profile} {template}"
    yield "FORCE:"


def _committed(adoption: Adoption, folder: Path) -> str:
    """Return the outputs that git tracks, as a list in JSON; empty where there are none."""
    found = [_from(folder, use.output) for use in adoption.uses if not use.is_new]
    return json.dumps(found, ensure_ascii=False) if found else ""


def _renovate(adoption: Adoption, folder: Path) -> Iterator[str]:
    """Yield a rule: a list of ignored paths would replace that of the presets."""
    outputs = _committed(adoption, folder)
    if outputs:
        yield f'"packageRules": [{{"matchFileNames": {outputs}, "enabled": false}}]'


def _dependabot(adoption: Adoption, folder: Path) -> Iterator[str]:
    outputs = _committed(adoption, folder)
    if outputs:
        yield "# of the package-ecosystem docker; relative to its directory"
        yield f"exclude-paths: {outputs}"


_BOTS = {
    "renovate.json": _renovate,
    "renovate.json5": _renovate,
    ".renovaterc": _renovate,
    ".renovaterc.json": _renovate,
    ".github/renovate.json": _renovate,
    ".github/renovate.json5": _renovate,
    ".gitlab/renovate.json": _renovate,
    ".github/dependabot.yml": _dependabot,
    ".github/dependabot.yaml": _dependabot,
}
"""The files of those who would bump an output, where the next rendering takes the change back."""

_LINES = {
    ".gitignore": _git_ignore,
    _IGNORE_FILE: _docker_ignore,
    ".gitattributes": _git_attributes,
    "devspace.yaml": _devspace,
    "azure-pipelines.yml": _azure,
    "Makefile": _make,
    **_BOTS,
}
