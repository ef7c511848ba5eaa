"""Where profiles lie and where their output goes. Paths stay relative as they came; nothing is written."""

import os.path
from collections.abc import Iterator
from pathlib import Path

from dfrender.diagnostics import CallError, Diagnostic, did_you_mean, refuse
from dfrender.profile import folders
from dfrender.profile.profile import Profile
from dfrender.profile.stages import Text
from dfrender.source import At

_TEMPLATE_SUFFIXES = {".j2", ".jinja"}


def repository_root(folder: Path) -> Path:
    """Give the first folder upward that has a ``.git``, be it folder or file; without one the folder itself."""
    return folders.upward(folder)[-1]


def profiles(folder: Path) -> dict[str, Path]:
    """Give the profiles of a template in a folder, sorted by name; where two share a name, the nearer one.

    Names that begin with ``_`` or a dot are left out. Raises `CallError` for a name that is both .yaml and .yml.
    """
    found: dict[str, Path] = {}
    for each in reversed(_searched(folder)):
        found |= folders.profiles_in(each)
    return {name: path for name, path in sorted(found.items()) if not name.startswith("_")}


def nearest(name: str, folder: Path) -> Path | None:
    """Give the profile of a name that a template in a folder has; raises `CallError` if that is two files."""
    return folders.named(name, _searched(folder))


def find(wanted: str, folder: Path) -> tuple[str, Path]:
    """Give name and file of what ``-p`` names for a template in a folder: a name, or a path with ``/`` or a suffix.

    Raises `CallError` if there is no such profile, or its name begins with ``_``.
    """
    at = At(f"-p {wanted}")
    name, path = look_for(wanted, folder, at)
    if name.startswith("_"):
        message = f"{wanted!r} is never rendered: a name that begins with '_' is for other profiles to extend"
        raise CallError([Diagnostic(at, "profile-not-found", message, hint="name a profile that extends it")])
    return name, path


def look_for(wanted: str, folder: Path, at: At) -> tuple[str, Path]:
    """Do as `find` does for what was wanted at a place, also for a name that begins with ``_``."""
    is_path = folders.is_path(wanted)
    name = Path(wanted).stem if is_path else wanted
    path = Path(wanted) if is_path else nearest(name, folder)
    if path is None or not path.is_file():
        known = profiles(folder)
        message = f"there is no file {wanted!r}" if path else f"no profile is named {wanted!r}"
        listed = f"there are: {', '.join(known)}" if known else f"create a file {folder / 'profiles' / name}.yaml"
        hint = " ".join(filter(None, [did_you_mean(name, known), listed]))
        raise CallError([Diagnostic(at, "profile-not-found", message, hint=hint)])
    return name, path


def no_profiles(template: Path) -> CallError:
    """Give the error of a template that no profile is found for."""
    hint = f"create {template.parent / 'profiles' / 'local.yaml'}; an empty file is a profile"
    return CallError([Diagnostic(At(str(template)), "no-profile", "this template has no profiles", hint=hint)])


def default_output(template: Path, profile: str) -> str:
    """Give the name of the file of a profile that names none."""
    name = template.stem if template.suffix in _TEMPLATE_SUFFIXES else template.name
    return f"{name}.{profile}"


def output_path(template: Path, profile: Profile) -> Path:
    """Give the path of what a profile makes of a template; what a call prunes to a target has a name of its own.

    Raises `DfrenderError` if it is outside the repository, by symbolic links too, or would replace what it is made of.
    """
    output = profile.output or Text(default_output(template, profile.name), At(profile.file))
    pruned = f".{profile.called_target}" if profile.called_target else ""
    path = Path(os.path.normpath(template.parent / f"{output.text}{pruned}"))
    refuse(_output_problems(path, output, template, profile))
    return path


def _output_problems(path: Path, output: Text, template: Path, profile: Profile) -> Iterator[Diagnostic]:
    path, root = folders.real(path), folders.real(repository_root(template.parent))
    is_profile = path in map(folders.real, profile.files) or (
        path.parent.name == "profiles" and path.suffix in folders.SUFFIXES
    )
    hint = "choose another path; it is relative to the template's folder"
    if not path.is_relative_to(root):
        message = f"the output {output.text!r} is outside the repository"
        yield Diagnostic(output.at, "output-outside-repository", message, hint=hint)
    if path == folders.real(template):
        message = f"the output {output.text!r} is the template itself"
        yield Diagnostic(output.at, "output-is-input", message, hint=hint)
    if is_profile:
        yield Diagnostic(output.at, "output-is-input", f"the output {output.text!r} is a profile", hint=hint)


def _searched(folder: Path) -> list[Path]:
    """Give the folders in which the profiles of a template lie, the nearest first."""
    return [each / "profiles" for each in folders.upward(folder)]
