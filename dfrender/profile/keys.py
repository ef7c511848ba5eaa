"""The keys of a profile and of a prebuilt stage: the one table that checks, schema and README are made from."""

import enum
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

Keys: TypeAlias = Mapping[str, "Key"]


class Style(enum.Enum):
    """How references to a prebuilt stage are written: through a build argument, as an image, as the bare stage."""

    ARG = "arg"
    IMAGE = "image"
    CONTEXT = "context"
    STAGE = "stage"


class Builder(enum.Enum):
    """Who builds the output: BuildKit, the classic builder (``DOCKER_BUILDKIT=0``, DevSpace's default), or buildah."""

    BUILDKIT = "buildkit"
    CLASSIC = "classic"
    BUILDAH = "buildah"


class Handover(enum.Enum):
    """How a job gets the images of earlier ones: as saved files, from a registry, or from BuildKit's cache."""

    ARTIFACT = "artifact"
    REGISTRY = "registry"
    CACHE = "cache"


class ValueType(enum.Enum):
    """What a key holds, in the words of a message."""

    TEXT = "text"
    BOOLEAN = "true or false"
    VALUES = "a mapping"
    ARGUMENTS = "a mapping of build arguments"
    STAGES = "a list or a mapping of stages"
    NAMES = "a list of names"
    PARENTS = "a name or a list of names"


class Key(NamedTuple):
    """One key. ``default`` is None where ``meaning`` says what holds without the key.

    ``tried`` are names that people write first.
    """

    name: str
    meaning: str
    value_type: ValueType = ValueType.TEXT
    default: str | None = None
    choices: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


_STYLES = tuple(style.value for style in Style)
_ARG_DEFAULTS = (Style.IMAGE.value, Style.STAGE.value)
_VARIABLES = ("environment", "env", "vars", "variables", "data")
_STAGES = ("stages", "stage", "images", "services", "from", "copy_from", "cached")

PROFILE_KEYS: Keys = {
    key.name: key
    for key in (
        Key("description", "shown in lists of profiles; not inherited", default="", tried=("title", "comment")),
        Key(
            "extends",
            "the profiles that this one is laid over, by name or path",
            ValueType.PARENTS,
            tried=("inherits", "inherit", "parent", "parents", "base", "include"),
        ),
        Key(
            "output",
            "the rendered file, relative to the template; without it the template's name less `.j2`, plus `.PROFILE`;"
            " not inherited",
            tried=("file", "filename", "path", "out", "destination"),
        ),
        Key("values", "the variables of the template", ValueType.VALUES, tried=_VARIABLES),
        Key("prebuilt", "the stages that are available as images here", ValueType.STAGES, tried=_STAGES),
        Key(
            "style",
            "how references to prebuilt stages are written",
            default="arg",
            choices=_STYLES,
        ),
        Key("registry", "the registry of the images", default=""),
        Key(
            "repository",
            "the images' repository, in which `{stage}`, `{folder}` (the path of the template's folder from the root of"
            " the repository, with `-` for `/`, less a last `docker`) and `{NAME}` of a value may stand",
            default="{stage}",
            tried=("repo", "image_name"),
        ),
        Key("tag", "the tag of the images", default="latest", tried=("version", "image_tag")),
        Key(
            "tag_arg",
            "a build argument that sets the tag of all images, `tag` being its default",
            tried=("arg", "build_arg"),
        ),
        Key("arg_default", "what a generated ARG defaults to", default="image", choices=_ARG_DEFAULTS),
        Key("target", "the stage that the output is pruned to", tried=("stage_target",)),
        Key(
            "build",
            "the stages that a plan builds besides the prebuilt ones; without it those that nothing refers to",
            ValueType.NAMES,
            tried=("targets", "jobs"),
        ),
        Key(
            "install",
            "what pip installs where a pipeline renders, as `dfrender==1.2` or a Git URL; `none`: it builds what is"
            " committed; without it this version",
            tried=("requirement", "pip", "dfrender"),
        ),
        Key(
            "builder",
            "the builder that the output is for; `classic` is what DevSpace uses unless told otherwise, `buildah` is"
            " Podman's too",
            default="buildkit",
            choices=tuple(each.value for each in Builder),
            tried=("engine",),
        ),
        Key(
            "handover",
            "how a job gets the images of earlier ones",
            default="artifact",
            choices=tuple(each.value for each in Handover),
        ),
        Key(
            "publish",
            "the stages whose images a plan pushes at its end, when all else has succeeded",
            ValueType.NAMES,
            tried=("push", "release", "tags"),
        ),
        Key(
            "context",
            "the build context: a folder, relative to that of the template, or behind a `/` to the root of the"
            " repository; without it the template's folder",
            tried=("build_context", "dir", "directory"),
        ),
        Key(
            "build_args",
            "the build arguments that every build is given, each with its value (plans show it: no secrets)",
            ValueType.ARGUMENTS,
            tried=("args", "arguments", "buildargs"),
        ),
        Key(
            "platform",
            "the one platform that is built for, as `linux/amd64`",
            tried=("platforms", "arch", "architecture"),
        ),
        Key(
            "salt",
            "a text that goes into the digest of every image: another one makes all of them new",
            default="",
            tried=("cache_buster", "cachebuster", "cache_bust"),
        ),
        Key("ignore", "the rules that are not reported", ValueType.NAMES, tried=("disable", "skip", "ignored")),
        Key(
            "required_version",
            "the versions of dfrender that this file is for, as `>=0.3,<0.4`",
            tried=("requires", "dfrender_version", "min_version"),
        ),
    )
}

OF_FILE = frozenset({"extends", "required_version"})
"""The keys that are about the file that they stand in; no tree that files are laid to has them."""

NOT_INHERITED = frozenset({"description", "output"})

STAGE_KEYS: Keys = {
    key.name: key
    for key in (
        Key("style", "how references to this stage are written; without it the profile's", choices=_STYLES),
        Key("image", "the whole image reference", tried=("name", "reference", "uses")),
        Key("repository", "the image's repository; without it the profile's", tried=("repo", "image_name")),
        Key("tag", "the image's tag; without it the profile's", tried=("version", "image_tag")),
        Key(
            "arg_default",
            "what the generated ARG defaults to; without it the profile's",
            choices=_ARG_DEFAULTS,
            tried=("default",),
        ),
        Key(
            "arg_name", "the generated ARG; without it the stage in capitals plus `_IMAGE`", tried=("arg", "build_arg")
        ),
        Key("alias_name", "the generated stage; without it the stage plus `-image`", tried=("alias", "as")),
        Key(
            "onbuild",
            "whether its base image has triggers (ONBUILD), which may read the whole build context",
            ValueType.BOOLEAN,
            "false",
            ("true", "false"),
            tried=("triggers",),
        ),
        Key("optional", "whether the Dockerfile may lack the stage", ValueType.BOOLEAN, "false", ("true", "false")),
    )
}

ARGUMENT_KEYS: Keys = {
    key.name: key
    for key in (
        Key("value", "the value of the argument", default="", tried=("default",)),
        Key("optional", "whether the Dockerfile may lack the argument", ValueType.BOOLEAN, "false", ("true", "false")),
    )
}
