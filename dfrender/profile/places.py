"""Where profiles lie and where their output goes. Paths stay relative as they came; nothing is written."""

import os.path
from collections.abc import Iterator
from pathlib import Path

from dfrender.diagnostics import CallError, Diagnostic, did_you_mean, refuse
from dfrender.profile.profile import Profile
from dfrender.profile.stages import Text
from dfrender.source import At

_SUFFIXES = (".yaml", ".yml")
_TEMPLATE_SUFFIXES = {".j2", ".jinja"}


def repository_root(folder: Path) -> Path:
    """Give the first folder upward that has a ``.git``, be it folder or file; without one the folder itself."""
    return next((each for each in upward(folder) if (each / ".git").exists()), folder)


def profiles(folder: Path) -> dict[str, Path]:
    """Give the profiles of a template in a folder, sorted by name; where two share a name, the nearer one.

    Names that begin with ``_`` or a dot are left out. Raises `CallError` for a name that is both .yaml and .yml.
    """
    folders = list(upward(folder))
    found: dict[str, Path] = {}
    for each in folders[folders.index(repository_root(folder)) :: -1]:
        found |= _profiles_in(each / "profiles")
    return dict(sorted(found.items()))


def find(wanted: str, folder: Path) -> tuple[str, Path]:
    """Give name and file of what ``-p`` names for a template in a folder: a name, or a path with ``/`` or a suffix.

    Raises `CallError` if there is no such profile, or its name begins with ``_``.
    """
    is_path = "/" in wanted or wanted.endswith(_SUFFIXES)
    name, at = Path(wanted).stem if is_path else wanted, At(f"-p {wanted}")
    if name.startswith("_"):
        message = f"{wanted!r} is never rendered: a name that begins with '_' is for other profiles to extend"
        raise CallError([Diagnostic(at, "profile-not-found", message, hint="name a profile that extends it")])
    known = profiles(folder)
    path = Path(wanted) if is_path else known.get(name)
    if path is None or not path.is_file():
        message = f"there is no file {wanted!r}" if path else f"no profile is named {wanted!r}"
        listed = f"there are: {', '.join(known)}" if known else f"create a file {folder / 'profiles' / name}.yaml"
        hint = " ".join(filter(None, [did_you_mean(name, known), listed]))
        raise CallError([Diagnostic(at, "profile-not-found", message, hint=hint)])
    return name, path


def output_path(template: Path, profile: Profile) -> Path:
    """Give the path of what a profile makes of a template; what a call prunes to a target has a name of its own.

    Raises `DfrenderError` if it is outside the repository, by symbolic links too, or would replace what it is made of.
    """
    name = template.stem if template.suffix in _TEMPLATE_SUFFIXES else template.name
    output = profile.output or Text(f"{name}.{profile.name}", At(profile.file))
    pruned = f".{profile.called_target}" if profile.called_target else ""
    path = Path(os.path.normpath(template.parent / f"{output.text}{pruned}"))
    refuse(_output_problems(path, output, template, profile))
    return path


def _output_problems(path: Path, output: Text, template: Path, profile: Profile) -> Iterator[Diagnostic]:
    real, root = _real(path), _real(repository_root(template.parent))
    is_profile = real == _real(Path(profile.file)) or (real.parent.name == "profiles" and real.suffix in _SUFFIXES)
    checks = (
        (not real.is_relative_to(root), "output-outside-repository", "is outside the repository"),
        (real == _real(template), "output-is-input", "is the template itself"),
        (is_profile, "output-is-input", "is a profile"),
    )
    for refused, code, message in checks:
        if refused:
            hint = "choose another path; it is relative to the template's folder"
            yield Diagnostic(output.at, code, f"the output {output.text!r} {message}", hint=hint)


def upward(folder: Path) -> Iterator[Path]:
    """Give a folder and those above it, each as relative as the first."""
    yield folder
    while _real(folder) != _real(folder).parent:
        folder = Path(os.path.normpath(folder / ".."))
        yield folder


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve it bears a symbolic link to itself


def _profiles_in(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("[!._]*")):
        if path.suffix in _SUFFIXES and path.is_file():
            first = found.setdefault(path.stem, path)
            if first is not path:
                message, hint = f"the profile {path.stem!r} is there twice", f"remove {path} or {first}"
                raise CallError([Diagnostic(At(str(path)), "ambiguous-profile", message, hint=hint)])
    return found
