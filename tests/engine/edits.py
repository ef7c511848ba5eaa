"""A project whose build context and template are edited at random, always in the same way for one seed."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Edit = Callable[["Project"], None]

FILES = {
    "pyproject.toml": "name\n",
    "poetry.lock": "lock\n",
    "notes.txt": "note\n",
    "src/a.txt": "a\n",
    "src/b.txt": "b\n",
    "src/deep/c.txt": "c\n",
    "docs/one.md": "one\n",
    "docs/two.md": "two\n",
    "docs/more/three.md": "three\n",
    "v1/x.txt": "one\n",
    "v2/x.txt": "two\n",
    ".git/HEAD": "ref\n",
    ".dockerignore": "# none\n",
}
NAMES = ("a.txt", "b.txt", "new.md", "src/new.txt", "docs/new.md", "docs/more/new.md", "v1/y.txt", "src/deep/d.txt")
IGNORED = (
    "docs",
    "src/deep",
    "*.txt",
    "**/*.md",
    "!docs/one.md",
    ".git",
    "v1",
    "src/*",
    "!src/a.txt",
    "docs/*",
    "!**/new.md",
)
TARGETS = ("v1", "v2", "/v1", "../v2", "./v1", "src", "v1/../v2")


class Project:
    """A template in a folder, its build context in ``app``, and what is random about edits."""

    def __init__(self, template: Path, folder: Path, seed: int) -> None:
        """Copy the template, and lay its build context beside it."""
        self.random = Random(seed)  # noqa: S311 - the same edits in every run
        self.folder = shutil.copytree(template, folder)
        self.app = folder / "app"
        self.count = 0
        for name, text in FILES.items():
            self.put(name, text)
        (self.app / "current").symlink_to("v1")
        (self.app / "empty").mkdir()
        self.put_archive("first")

    def put(self, name: str, text: str) -> None:
        """Write a file of the context, its mode that of every other."""
        path = self.app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o644)
        for folder in path.parents:
            if folder.is_relative_to(self.app):
                folder.chmod(0o755)

    def put_archive(self, text: str) -> None:
        """Write an archive of one file."""
        with tarfile.open(self.app / "bundle.tar", "w") as archive:
            member = tarfile.TarInfo("inside.txt")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        (self.app / "bundle.tar").chmod(0o644)

    def fresh(self) -> str:
        """Return a text that was not there yet."""
        self.count += 1
        return f"text {self.count}\n"

    def files(self) -> list[Path]:
        """Return the files of the context, but for ignore files and what git keeps."""
        found = []
        for path in sorted(self.app.rglob("*")):
            is_own = path.name == ".dockerignore" or ".git" in path.parts
            if path.is_file() and not path.is_symlink() and not is_own:
                found.append(path)
        return found

    def template(self) -> Path:
        """Return the template."""
        return self.folder / "Dockerfile.j2"

    def replace(self, old: str, new: str) -> None:
        """Edit the template's text where it is so."""
        text = self.template().read_text()
        self.template().write_text(text.replace(old, new, 1))


def _content(project: Project) -> None:
    path = project.random.choice(project.files())
    path.write_text(project.fresh())


def _new(project: Project) -> None:
    project.put(project.random.choice(NAMES), project.fresh())


def _removed(project: Project) -> None:
    kept = {"pyproject.toml", "poetry.lock", "bundle.tar", "a.txt", "x.txt"}
    paths = [path for path in project.files() if path.name not in kept]
    if paths:
        project.random.choice(paths).unlink()


def _renamed(project: Project) -> None:
    paths = [path for path in project.files() if path.parent.name in {"docs", "deep", "more"}]
    if paths:
        path = project.random.choice(paths)
        path.rename(path.with_name(f"n{project.random.randint(0, 3)}.md"))


def _executable(project: Project) -> None:
    path = project.random.choice(project.files())
    path.chmod(path.stat().st_mode ^ 0o111)


def _link(project: Project) -> None:
    link = project.app / "current"
    link.unlink()
    link.symlink_to(project.random.choice(TARGETS))


def _inner_link(project: Project) -> None:
    link = project.app / "src" / "link"
    link.unlink(missing_ok=True)
    link.symlink_to(project.random.choice([*TARGETS, "nowhere", "/etc/passwd"]))


def _empty_folder(project: Project) -> None:
    folder = project.app / project.random.choice(("src", "docs", "v1")) / "void"
    if folder.exists():
        folder.rmdir()
    else:
        folder.mkdir()
        folder.chmod(0o755)


def _ignore(project: Project) -> None:
    lines = project.random.sample(IGNORED, project.random.randint(0, 4))
    project.put(".dockerignore", "".join(f"{line}\n" for line in lines))


def _own_ignore(project: Project) -> None:
    """Write, empty or remove the ignore file that goes with the template."""
    path = project.folder / "Dockerfile.j2.dockerignore"
    chosen = project.random.randint(0, 2)
    path.unlink(missing_ok=True)
    for output in ("Dockerfile.local", "Dockerfile.ci"):
        (project.folder / f"{output}.dockerignore").unlink(missing_ok=True)
    if chosen:
        lines = project.random.sample(IGNORED, 2) if chosen == 2 else []
        path.write_text("".join(f"{line}\n" for line in lines))


def _git(project: Project) -> None:
    project.put(".git/HEAD", project.fresh())


def _comment(project: Project) -> None:
    project.replace("FROM ", f"# {project.fresh()}FROM ")


def _white_space(project: Project) -> None:
    project.replace("RUN echo ", "RUN echo  ")


def _order(project: Project) -> None:
    text = project.template().read_text()
    one, two = "RUN echo one\n", "RUN echo two\n"
    if one + two in text:
        project.replace(one + two, two + one)
    else:
        project.replace(two + one, one + two)


def _wildcard(project: Project) -> None:
    old, new = project.random.choice((("docs/*.md", "docs/t*.md"), ("docs/t*.md", "d*/*.md"), ("d*/*.md", "docs/*.md")))
    project.replace(old, new)


def _environment(project: Project) -> None:
    project.replace("ENV PLACE=src\n", f"ENV PLACE=src OTHER={project.random.randint(0, 3)}\n")


def _trigger(project: Project) -> None:
    old, new = project.random.choice(
        (("ONBUILD COPY poetry.lock", "ONBUILD COPY notes.txt"), ("notes.txt", "poetry.lock"))
    )
    if (project.app / "notes.txt").exists():
        project.replace(old, new)


def _setting(project: Project, key: str, value: str) -> None:
    path = project.folder / "profiles" / "local.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith(key)]
    path.write_text("\n".join([*lines, f"{key}: {value}", ""]))


def _argument(project: Project) -> None:
    name = project.random.choice(("LEVEL", "FLAVOUR", "HTTP_PROXY"))
    value = project.random.randint(1, 3)
    _setting(project, "build_args", f"{{{name}: {{value: '{value}', optional: true}}}}")


def _salt(project: Project) -> None:
    _setting(project, "salt", str(project.random.randint(1, 3)))


EDITS: Mapping[str, Edit] = {
    "content": _content,
    "a new file": _new,
    "a removed file": _removed,
    "a renamed file": _renamed,
    "an executable bit": _executable,
    "a link that is copied": _link,
    "a link in a folder": _inner_link,
    "an empty folder": _empty_folder,
    "the ignore file of the context": _ignore,
    "the ignore file of the template": _own_ignore,
    ".git": _git,
    "a comment": _comment,
    "white space in RUN": _white_space,
    "the order of instructions": _order,
    "a wildcard": _wildcard,
    "ENV below a source": _environment,
    "a trigger": _trigger,
    "a build argument": _argument,
    "the salt": _salt,
}


def touch_everything(folder: Path) -> None:
    """Set other times on all files, which mean nothing."""
    for path in folder.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
