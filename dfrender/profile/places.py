"""Where profiles lie and where their output goes. Paths stay relative as they came; nothing is written."""

import os.path
import shlex
from pathlib import Path

from dfrender.diagnostics import CallError, Problems, did_you_mean
from dfrender.profile import folders
from dfrender.profile.folders import ProfileFile
from dfrender.profile.profile import Profile
from dfrender.profile.stages import Text
from dfrender.recorder import Recorder
from dfrender.source import At

_TEMPLATE_SUFFIXES = {".j2", ".jinja"}


def repository_root(folder: Path, recorder: Recorder | None = None) -> Path:
    """Return the first folder upward that has a ``.git``, be it folder or file; without one the folder itself."""
    return folders.upward(folder, recorder)[-1]


def profiles(folder: Path, recorder: Recorder | None = None) -> list[ProfileFile]:
    """Return the profiles of a template in a folder, sorted by name; where two share a name, the nearer one.

    Names that begin with ``_`` or a dot are left out. Raises `CallError` for a name that is both .yaml and .yml.
    """
    found: dict[str, Path] = {}
    for each in reversed(_searched(folder, recorder)):
        found |= folders.profiles_in(each, recorder)
    return [ProfileFile(name, found[name], folder) for name in sorted(found) if not name.startswith("_")]


def nearest(name: str, folder: Path, recorder: Recorder | None = None) -> Path | None:
    """Return the profile of a name that a template in a folder has; raise `CallError` if that is two files."""
    return folders.named(name, _searched(folder, recorder), recorder)


def find(wanted: str, folder: Path, recorder: Recorder | None = None) -> ProfileFile:
    """Return what ``-p`` names for a template in a folder: a name, or a path with ``/`` or a suffix.

    Raises `CallError` if there is no such profile, or its name begins with ``_``.
    """
    at = At(f"-p {wanted}")
    found = look_for(wanted, folder, at, recorder)
    if found.name.startswith("_"):
        message = f"{wanted!r} is never rendered: a name that begins with '_' is for other profiles to extend"
        raise CallError.of(at, "profile-not-found", message, "name a profile that extends it")
    return found


def look_for(wanted: str, folder: Path, at: At, recorder: Recorder | None = None) -> ProfileFile:
    """Do as `find` does for what was wanted at a place, also for a name that begins with ``_``."""
    look = recorder or Recorder()
    if folders.is_path(wanted):
        path = Path(wanted)
        if look.is_file(path):
            return ProfileFile(path.stem, path, folder)
        message, name = f"there is no file {wanted!r}", path.stem
    else:
        found = nearest(wanted, folder, look)
        if found:
            return ProfileFile(wanted, found, folder)
        message, name = f"no profile is named {wanted!r}", wanted
    known = [each.name for each in profiles(folder)]
    listed = f"create a file {folder / 'profiles' / name}.yaml"
    if known:
        listed = f"there are: {', '.join(known)}"
    hint = f"{did_you_mean(name, known)} {listed}".lstrip()
    raise CallError.of(at, "profile-not-found", message, hint)


def no_profiles(template: Path) -> CallError:
    """Return the error of a template that no profile is found for."""
    hint = f"create {template.parent / 'profiles' / 'local.yaml'}; an empty file is a profile"
    if template.is_file() and template.suffix not in _TEMPLATE_SUFFIXES:  # not standard input
        hint = f"make a template and profiles of it: {shlex.join(['dfrender', 'init', str(template)])}; or {hint}"
    return CallError.of(At(str(template)), "no-profile", "this template has no profiles", hint)


def default_output(template: Path, profile: str) -> str:
    """Return the name of the file of a profile that names none."""
    name = template.stem if template.suffix in _TEMPLATE_SUFFIXES else template.name
    return f"{name}.{profile}"


def output_path(template: Path, profile: Profile) -> Path:
    """Return the path of what a profile makes of a template; what a call prunes to a target has a name of its own.

    Raises `DfrenderError` if it is outside the repository, by symbolic links too, or would replace what it is made of.
    """
    output = profile.output or Text(default_output(template, profile.name), At(profile.file))
    name = output.text
    if profile.called_target:
        name = f"{name}.{profile.called_target}"
    path = Path(os.path.normpath(template.parent / name))
    problems = Problems()
    _check_output(path, output, template, profile, problems)
    problems.refuse()
    return path


def _check_output(path: Path, output: Text, template: Path, profile: Profile, problems: Problems) -> None:
    look = profile.recorder
    real, root = folders.real(path), look.real(repository_root(template.parent, look))
    is_among_profiles = real.parent.name == "profiles" and real.suffix in folders.SUFFIXES
    hint = "choose another path; it is relative to the template's folder"
    if not real.is_relative_to(root):
        message = f"the output {output.text!r} is outside the repository"
        problems.error(output.at, "output-outside-repository", message, hint)
    if str(real) == look.real(template):
        message = f"the output {output.text!r} is the template itself"
        problems.error(output.at, "output-is-input", message, hint)
    if is_among_profiles or str(real) in map(look.real, profile.files):
        problems.error(output.at, "output-is-input", f"the output {output.text!r} is a profile", hint)


def _searched(folder: Path, recorder: Recorder | None) -> list[Path]:
    """Return the folders in which the profiles of a template lie, the nearest first."""
    return [each / "profiles" for each in folders.upward(folder, recorder)]
