"""A profile: file, overrides and environment to one immutable value with every default filled in.

Says what one environment wants; whether there are such stages and such images is decided elsewhere.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from dfrender.diagnostics import CallError, Diagnostic, refuse
from dfrender.profile.check import check
from dfrender.profile.expand import expand_mapping
from dfrender.profile.keys import PROFILE_KEYS, Style
from dfrender.profile.nodes import MappingNode, ScalarNode, children, decode, describe, merge, read
from dfrender.profile.override import override
from dfrender.profile.stages import StageSettings, Text, chosen, plain_form, resolve, texts
from dfrender.profile.values import Value, name_problems, value_of
from dfrender.source import At

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Profile", "StageSettings", "Style", "Text", "Value", "load"]


class Profile(NamedTuple):
    """What one environment wants.

    ``file`` is as the user would write it, ``output`` None for the default name, ``tag`` the default of ``tag_arg``;
    ``value_places`` says where each of the ``values`` is set, ``overrides`` are the ``--set`` texts as given.
    """

    name: str
    file: str
    description: str
    output: Text | None
    values: Mapping[str, Value]
    value_places: Mapping[str, At]
    prebuilt: tuple[StageSettings, ...]
    tag_arg: Text | None
    tag: Text
    overrides: tuple[str, ...]


def load(path: Path, file: str, name: str, overrides: Sequence[str], environ: Mapping[str, str]) -> Profile:
    """Read a profile, with the overrides laid over it in their order before anything is derived.

    Raises `DfrenderError` with all problems of file and overrides, `CallError` if the file cannot be read.
    """
    problems: list[Diagnostic] = []
    tree = plain_form(_read(path, file, problems), environ, problems)
    for text in overrides:
        tree = merge(tree, plain_form(override(text, problems), environ, problems))
    entries = check(expand_mapping(tree, environ, problems), PROFILE_KEYS, problems)
    given, variables = texts(entries), children(entries.get("values"))
    values = {each: value_of(node) for each, (_, node) in variables.items()}
    problems += name_problems(variables)
    prebuilt = tuple(resolve(children(entries.get("prebuilt")), given, values, problems))
    refuse(problems)
    return Profile(
        name=name,
        file=file,
        description=chosen("description", At(file), given).text,
        output=given.get("output"),
        values=MappingProxyType(values),
        value_places=MappingProxyType({each: at for each, (at, _) in variables.items()}),
        prebuilt=prebuilt,
        tag_arg=given.get("tag_arg"),
        tag=chosen("tag", At(file), given),
        overrides=tuple(overrides),
    )


def _read(path: Path, file: str, problems: list[Diagnostic]) -> MappingNode:
    """Give what a file holds; nothing, and a problem, for what is no mapping."""
    place = partial(At, file)
    try:
        text = decode(path.read_bytes(), place, problems)
    except OSError as error:
        message = f"cannot read the profile: {(error.strerror or str(error)).lower()}"
        raise CallError(
            [Diagnostic(At(file), "unreadable-file", message, hint="check path and permissions")]
        ) from error
    root = read(text, place, problems)
    if isinstance(root, MappingNode):
        return root
    if root is not None and not (isinstance(root, ScalarNode) and root.is_null):
        message = f"a profile is a mapping of keys, not {describe(root)}"
        problems.append(Diagnostic(root.at, "wrong-type", message, hint="write KEY: VALUE"))
    return MappingNode(At(file), {})
