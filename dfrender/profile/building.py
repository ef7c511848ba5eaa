"""What a profile says of every build: context, build arguments, platform and what is published.

Checks them as far as that needs no Dockerfile.
"""

import os.path
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dfrender.diagnostics import Problems, did_you_mean
from dfrender.profile import folders
from dfrender.profile.check import check_entries, report_wrong_type
from dfrender.profile.folders import ProfileFile
from dfrender.profile.keys import ARGUMENT_KEYS, Style
from dfrender.profile.nodes import Entries, MappingNode, Node, ScalarNode, children
from dfrender.profile.stages import Settings, StageSettings, Text, is_true, listed, texts, with_defaults
from dfrender.recorder import Recorder
from dfrender.source import At

_ARGUMENT = "[A-Za-z_][A-Za-z0-9_]*"
_VARIANT = "[a-z0-9.]+"
# of github.com/containerd/platforms, database.go, which BuildKit reads platforms by, and Docker's for WebAssembly
_SYSTEMS = frozenset(
    {"aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "netbsd", "openbsd"}
    | {"plan9", "solaris", "wasi", "wasip1", "windows", "zos"}
)
_ARCHITECTURES = frozenset(
    {"386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le"}
    | {"mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64"}
    | {"wasm"}
)
_OTHER_NAMES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386", "armhf": "arm/v7"}
_USUAL = (
    "linux/amd64",
    "linux/arm64",
    "linux/arm/v7",
    "linux/ppc64le",
    "linux/s390x",
    "linux/riscv64",
    "windows/amd64",
)


class BuildArg(NamedTuple):
    """A build argument that every build is given; ``optional``: the Dockerfile may lack it."""

    name: Text
    value: Text
    optional: bool = False


class Builds(NamedTuple):
    """What a profile says of every build.

    ``context`` is a folder, as relative as that of the template, ``context_at`` where the key is written, ``platform``
    None for whatever the builder's is; ``publish`` names the stages whose images a plan pushes at its end.
    """

    context: Path
    context_at: At
    build_args: tuple[BuildArg, ...]
    platform: Text | None
    publish: tuple[Text, ...]
    salt: Text


def builds_of(
    entries: Mapping[str, Node],
    found: ProfileFile,
    prebuilt: Sequence[StageSettings],
    recorder: Recorder,
    problems: Problems,
) -> Builds:
    """Return what checked entries say of builds, for the template that the profile was found for."""
    given = texts(entries)
    settings = with_defaults(given, At(str(found.path)))
    build_args = _build_args(children(entries.get("build_args")), problems)
    _check_generated(build_args, given.get("tag_arg"), prebuilt, problems)
    publish = listed(entries.get("publish"))
    _check_publish(publish, settings, prebuilt, problems)
    platform = given.get("platform")
    if platform:
        _check_platform(platform, problems)
    context = _context(given.get("context"), found.folder, recorder, problems)
    return Builds(context, settings["context"].at, build_args, platform, publish, settings["salt"])


def _build_args(arguments: Entries, problems: Problems) -> tuple[BuildArg, ...]:
    """Return the build arguments that have a value; report names and values that no builder takes."""
    found: list[BuildArg] = []
    for name, (at, node) in arguments.items():
        if not re.fullmatch(_ARGUMENT, name):
            message = f"{name!r} cannot be the name of a build argument"
            problems.error(at, "invalid-arg-name", message, "use letters, digits and underscores")
        elif not isinstance(node, MappingNode):
            report_wrong_type(node, name, "a text or a mapping of settings", "write NAME: VALUE", problems)
        else:
            settings = check_entries(node, ARGUMENT_KEYS, problems)
            _check_value(name, settings.get("value"), problems)
            written = texts(settings)
            if "value" in written:
                is_optional = is_true(written.get("optional"))
                argument = BuildArg(Text(name, at), written["value"], is_optional)
                found.append(argument)
    return tuple(found)


def _check_value(name: str, value: Node | None, problems: Problems) -> None:
    if not isinstance(value, ScalarNode):
        return
    if value.is_null:
        hint = f'write {name}: "" for an empty one, or {name}: ${{{name}}} for that of the environment'
        problems.error(value.at, "wrong-value", f"the build argument {name!r} has no value", hint)
    elif "\n" in value.text or "\r" in value.text:
        message = f"the build argument {name!r} holds a line break"
        problems.error(value.at, "wrong-value", message, "write it on one line: it may become the default of an ARG")


def _check_generated(
    arguments: Iterable[BuildArg], tag_arg: Text | None, prebuilt: Sequence[StageSettings], problems: Problems
) -> None:
    """Report arguments that are given a value here and by another key too."""
    generated: dict[str, Text] = {}
    for settings in prebuilt:
        if settings.style is Style.ARG:
            generated[settings.arg_name.text] = settings.stage
    for each in arguments:
        name, at = each.name
        message = f"the build argument {name!r} is one that dfrender generates"
        if tag_arg and name == tag_arg.text:
            hint = "write the tag under tag, or choose another tag_arg"
            related = [("tag_arg", tag_arg.at)]
            problems.error(at, "build-arg-conflict", message, hint, related)
        elif name in generated:
            stage = generated[name]
            related = [("the stage", stage.at)]
            hint = f"write the image under prebuilt.{stage.text}, or choose another arg_name there"
            problems.error(at, "build-arg-conflict", message, hint, related)


def _check_platform(platform: Text, problems: Problems) -> None:
    """Report what is not one platform as builders write it; what a pipeline fills in is not known yet."""
    text = platform.text
    if "$" in text or _is_platform(text):
        return
    if "," in text:
        hint = "name one; another one has a profile of its own"
        problems.error(platform.at, "wrong-value", f"{text!r} is more than one platform", hint)
        return
    system, _, architecture = text.lower().rpartition("/")
    architecture = _OTHER_NAMES.get(architecture, architecture)
    meant = f"{system or 'linux'}/{architecture}"
    hint = f"did you mean {meant!r}?"
    if not _is_platform(meant):
        hint = did_you_mean(text, _USUAL) or "write SYSTEM/ARCHITECTURE, as linux/amd64"
    problems.error(platform.at, "wrong-value", f"{text!r} is not a platform", hint)


def _is_platform(text: str) -> bool:
    system, _, rest = text.partition("/")
    architecture, slash, variant = rest.partition("/")
    if system not in _SYSTEMS or architecture not in _ARCHITECTURES:
        return False
    return not slash or bool(re.fullmatch(_VARIANT, variant))


def called_context(builds: Builds, called: str, folder: Path, problems: Problems) -> Builds:
    """Return what is said of builds with the context that a call names for a template in a folder.

    It is relative to the working directory; one that is not in the repository is reported.
    """
    at = At(f"--context {called}")
    path = Path(os.path.normpath(called))
    _check_context(path, Text(called, at), folders.upward(folder)[-1], problems)
    return builds._replace(context=path, context_at=at)


def _context(context: Text | None, folder: Path, recorder: Recorder, problems: Problems) -> Path:
    """Return the build context of a template in a folder; report one that is not in the repository."""
    if context is None:
        return folder
    text = context.text
    if "://" in text:
        problems.error(context.at, "wrong-value", f"{text!r} is an address, not a folder", "name a folder")
        return folder
    root = folders.upward(folder, recorder)[-1]
    if text.startswith("/") and not recorder.exists(root / ".git"):
        message = f"the context {text!r} begins at the root of a repository, and there is no .git here or above"
        problems.error(context.at, "context-outside-repository", message, "write it relative to the template's folder")
        return folder
    base = root if text.startswith("/") else folder
    below = base / text.lstrip("/")
    path = Path(os.path.normpath(below))
    _check_context(path, context, root, problems)
    return path


def _check_context(path: Path, context: Text, root: Path, problems: Problems) -> None:
    real = folders.real(path)
    if not real.is_relative_to(folders.real(root)):
        message = f"the context {context.text!r} is outside the repository"
        hint = "name a folder in the repository; where there is no .git, that is the template's folder"
        problems.error(context.at, "context-outside-repository", message, hint)


def _check_publish(
    publish: Sequence[Text], settings: Settings, prebuilt: Sequence[StageSettings], problems: Problems
) -> None:
    """Report stages whose images have no registry that they could be pushed to."""
    repository = settings["repository"]
    if settings["registry"].text or _has_host(repository.text):
        return
    pushable: set[str] = set()
    for stage in prebuilt:
        if _has_host(stage.image.text):
            pushable.add(stage.stage.text)
    for each in publish:
        if each.text.lower() not in pushable:
            message = f"the image of {each.text!r} cannot be published: it has no registry"
            problems.error(each.at, "publish-without-registry", message, "write registry: HOST, or HOST/NAME")


def _has_host(image: str) -> bool:
    """Say whether a name begins with a registry, by Docker's rule: what holds a dot or a colon is one."""
    host, slash, _ = image.partition("/")
    if not slash:
        return False
    return host == "localhost" or "." in host or ":" in host
