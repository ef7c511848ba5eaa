"""A profile: file, overrides and environment to one immutable value with every default filled in.

Says what one environment wants; whether there are such stages and such images is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from dfrender.diagnostics import CallError, Diagnostic, nearest, reason, refuse
from dfrender.profile.check import check
from dfrender.profile.keys import PROFILE_KEYS, STAGE_KEYS, Builder, Handover, Style
from dfrender.profile.nodes import MappingNode, Node, ScalarNode, children, decode, describe, items, merge, read
from dfrender.profile.stages import StageSettings, Text, chosen, plain_form, resolve, texts
from dfrender.profile.values import Value, expand_mapping, name_problems, value_of
from dfrender.source import At

__all__ = ["Profile", "StageSettings", "Style", "Text", "Value", "load"]


class Profile(NamedTuple):
    """What one environment wants.

    ``file`` is as the user would write it; ``output`` is None for the default name, ``tag`` the default of ``tag_arg``,
    ``value_places`` says where each of the ``values`` is set, ``build`` is None for the stages that nothing refers to,
    ``ignore`` names rules, ``overrides`` are the ``--set`` texts as given, and ``problems`` is what is wrong with all
    that.
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
    registry: Text
    target: Text | None
    build: tuple[Text, ...] | None
    builder: Builder
    handover: Handover
    ignore: tuple[Text, ...]
    overrides: tuple[str, ...]
    problems: tuple[Diagnostic, ...] = ()

    def aimed_at(self, target: str) -> Self:
        """Give the profile with the target that a call names; as it is where the call names none."""
        return self._replace(target=Text(target, _called(target))) if target else self

    @property
    def called_target(self) -> str:
        """Give the target, in the case that stages are stored in, if the call names it; empty if it does not."""
        is_called = self.target and self.target.at == _called(self.target.text)
        return self.target.text.lower() if self.target and is_called else ""


def _called(target: str) -> At:
    return At(f"--target {target}")


def load(path: Path, file: str, name: str, overrides: Sequence[str], environ: Mapping[str, str]) -> Profile:
    """Read a profile and lay the overrides over it, in their order, before anything is derived.

    Raises `DfrenderError` with all problems of file and overrides, `CallError` if the file cannot be read.
    """
    profile = read_profile(path, file, name, overrides, environ)
    refuse(profile.problems)
    return profile


def read_profile(path: Path, file: str, name: str, overrides: Sequence[str], environ: Mapping[str, str]) -> Profile:
    """Do as `load` does, but give what could be read, and its ``problems``, instead of raising them."""
    problems: list[Diagnostic] = []
    tree = plain_form(_read(path, file, problems), environ, problems)
    for text in overrides:
        tree = merge(tree, plain_form(_override(text, problems), environ, problems))
    entries = check(expand_mapping(tree, environ, problems), PROFILE_KEYS, problems)
    given, variables = texts(entries), children(entries.get("values"))
    values = {each: value_of(node) for each, (_, node) in variables.items()}
    problems += name_problems(variables)
    prebuilt = tuple(resolve(children(entries.get("prebuilt")), given, values, problems))
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
        registry=chosen("registry", At(file), given),
        target=given.get("target"),
        build=_listed(entries.get("build")) if "build" in entries else None,
        builder=Builder(chosen("builder", At(file), given).text),
        handover=Handover(chosen("handover", At(file), given).text),
        ignore=_listed(entries.get("ignore")),
        overrides=tuple(overrides),
        problems=tuple(problems),
    )


def _listed(node: Node | None) -> tuple[Text, ...]:
    return tuple(Text(item.text, item.at) for item in items(node))


def _read(path: Path, file: str, problems: list[Diagnostic]) -> MappingNode:
    """Give what a file holds; nothing, and a problem, for what is no mapping."""
    place = partial(At, file)
    try:
        text = decode(path.read_bytes(), place, problems)
    except OSError as error:
        message = f"cannot read the profile: {reason(error)}"
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


def _override(text: str, problems: list[Diagnostic]) -> MappingNode:
    """Give the tree of ``KEY=VALUE``, placed at ``--set KEY``; it is empty, with a problem, for any other form."""
    key, equals, value = text.partition("=")
    at = At(f"--set {key}")
    if not equals or not all(key.split(".")):
        message = f"{key!r} has no value" if not equals else f"{key!r} lacks a name"
        hint = "write --set KEY=VALUE, --set values.NAME=VALUE or --set prebuilt.STAGE=STYLE"
        problems.append(Diagnostic(at, "bad-override", message, hint=hint))
        return MappingNode(at, {})
    # Where a line begins, '---' and '%' mean something else than behind a key.
    node = read(f" {value}", lambda _line, _column: at, problems)
    return _nested(_path(key), node, at)


def _nested(path: list[str], node: Node | None, at: At) -> MappingNode:
    """Give mapping in mapping with the node innermost, or an empty mapping for no node."""
    if node is None:
        return MappingNode(at, {})
    inner = _nested(path[1:], node, at) if path[1:] else node
    return MappingNode(at, {path[0]: (at, inner)})


def _path(key: str) -> list[str]:
    """Split a key at its dots; the name of a stage may hold dots, and ends before what is, or is almost, a setting."""
    first, *rest = key.split(".")
    if first == "prebuilt" and len(rest) > 1:
        *stage, setting = rest
        is_setting = setting in STAGE_KEYS or nearest(setting, STAGE_KEYS)
        rest = [".".join(stage), setting] if is_setting else [".".join(rest)]
    return [first, *rest]
