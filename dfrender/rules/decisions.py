"""Manuals of what is found while calls of ``stage()`` and the stages of a profile are matched with the Dockerfile."""

from dfrender.diagnostics import Severity
from dfrender.rules.rule import told


@told(Severity.ERROR)
def stage_defined_later() -> None:
    """A call of stage() names a stage above the one that it stands in.

    FROM would take an image of that name, and COPY --from is refused (``dockerfile2llb/convert.go``).

    Bad:
        FROM {{ stage("base") }} AS app
        FROM alpine:3.22 AS base
    Good:
        FROM alpine:3.22 AS base
        FROM {{ stage("base") }} AS app
    """


@told(Severity.ERROR)
def stage_call_is_no_reference() -> None:
    """A call of stage() is the whole of a reference: the base of a FROM, --from= or the from= of a mount.

    Elsewhere its text would stay what it is while the references change; a name that is text is written as text.

    Bad:
        FROM alpine:3.22 AS base
        RUN echo {{ stage("base") }}
    Good:
        FROM alpine:3.22 AS base
        RUN echo base
    """


@told(Severity.WARNING)
def unused_ignore() -> None:
    """What is ignored is found there.

    An ignore that outlives its reason, or is misspelt, hides the next finding. It stands in the comments directly above
    the instruction that it is for, or under ``ignore`` in a profile.

    Bad:
        FROM alpine:3.22
        # dfrender: ignore=empty-from
        COPY a.txt /
    Good:
        FROM alpine:3.22
        # dfrender: ignore=empty-from
        COPY --from= a.txt /
    """


@told(Severity.ERROR)
def unknown_target() -> None:
    """The target is the name of a stage.

    No builder takes a number for one (BuildKit: "target stage could not be found", ``dockerfile2llb/convert.go``).

    Bad (target: ap):
        FROM alpine:3.22 AS app
    Good (target: app):
        FROM alpine:3.22 AS app
    """


@told(Severity.ERROR)
def unknown_prebuilt_stage() -> None:
    """What a profile lists under prebuilt is a stage of the Dockerfile.

    Else the profile would do nothing, without a word. Where several templates share a profile, optional: true says that
    one may lack the stage.

    Bad (prebuilt: [bsae]):
        FROM alpine:3.22 AS base
        FROM base
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM base
    """


@told(Severity.WARNING)
def onbuild_reference() -> None:
    """A trigger names a stage of whatever Dockerfile it runs in.

    It is text until a stage begins from this one (``instructions/parse.go``); only style image writes something into it
    that holds there.

    Bad (prebuilt: [tools]):
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        ONBUILD COPY --from=tools /bin/sh /sh
    Good (prebuilt: [tools]):
        FROM alpine:3.22 AS tools
        FROM alpine:3.22
        COPY --from=tools /bin/sh /sh
    """


@told(Severity.WARNING)
def reference_through_arg() -> None:
    """A FROM that reaches a prebuilt stage by an argument of your own stays as it is.

    Whoever builds may give the argument another value, so its meaning is not the profile's to change.

    Bad (prebuilt: [base]):
        ARG FLAVOUR=base
        FROM alpine:3.22 AS base
        FROM ${FLAVOUR}
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM base
    """


@told(Severity.ERROR)
def variable_in_image() -> None:
    """Style image writes the image into COPY --from and mounts, where no variable is replaced.

    BuildKit: "variable expansion is not supported for --from" (``instructions/parse.go``).

    Bad (prebuilt: {base: {style: image, tag: "$${TAG}"}}):
        FROM alpine:3.22 AS base
        FROM base
    Good (prebuilt: {base: {style: image, tag: 1}}):
        FROM alpine:3.22 AS base
        FROM base
    """


@told(Severity.ERROR)
def undefined_image_argument() -> None:
    """A build argument in an image of the profile is declared above the first FROM, with a default.

    Without one the reference is empty or half a name, and the build ends (``dockerfile2llb/convert.go``).

    Bad (prebuilt: {base: {tag: "$${TAG}"}}):
        FROM alpine:3.22 AS base
        FROM base
    Good (prebuilt: {base: {tag: "$${TAG}"}}):
        ARG TAG=1
        FROM alpine:3.22 AS base
        FROM base
    """


@told(Severity.ERROR)
def image_names_a_stage() -> None:
    """The image of a prebuilt stage is not a bare name that means a stage, scratch or an index.

    BuildKit looks among the stages first (``dockerfile2llb/convert.go``).

    Bad (prebuilt: {base: {image: app}}):
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS app
        FROM base
    Good (prebuilt: {base: {image: app:latest}}):
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS app
        FROM base
    """


@told(Severity.ERROR)
def arg_name_taken() -> None:
    """A generated build argument has a name that nothing else uses.

    A second ARG of a name silently replaces the first, and builders give some names a value of their own
    (``dockerfile2llb/convert.go``, ``platform.go``).

    Bad (prebuilt: [base]):
        ARG BASE_IMAGE=alpine:3.22
        FROM ${BASE_IMAGE} AS base
        FROM base
    Good (prebuilt: {base: {arg_name: PREBUILT_BASE}}):
        ARG BASE_IMAGE=alpine:3.22
        FROM ${BASE_IMAGE} AS base
        FROM base
    """


@told(Severity.ERROR)
def arg_name_clash() -> None:
    """Each prebuilt stage has a build argument of its own.

    Dashes and dots become underscores, since no FROM could read the name otherwise; so two names may become one.

    Bad (prebuilt: [a-b, a.b]):
        FROM alpine:3.22 AS a-b
        FROM alpine:3.22 AS a.b
        FROM a-b
        FROM a.b
    Good (prebuilt: {a-b: {}, a.b: {arg_name: A_DOT_B}}):
        FROM alpine:3.22 AS a-b
        FROM alpine:3.22 AS a.b
        FROM a-b
        FROM a.b
    """


@told(Severity.ERROR)
def invalid_alias_name() -> None:
    """The name of an alias stage is both a stage's name and an image reference.

    BuildKit reads the name of every stage as an image reference too (``dockerui/config.go``).

    Bad (prebuilt: {base: {alias_name: base_}}):
        FROM alpine:3.22 AS base
        FROM alpine:3.22
        COPY --from=base /bin/sh /sh
    Good (prebuilt: {base: {alias_name: base-stage}}):
        FROM alpine:3.22 AS base
        FROM alpine:3.22
        COPY --from=base /bin/sh /sh
    """


@told(Severity.ERROR)
def alias_name_taken() -> None:
    """The name of an alias stage is neither a stage nor an image of the file.

    The alias would take over the references to that name (``dockerfile2llb/convert.go``).

    Bad (prebuilt: {base: {alias_name: app}}):
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS app
        COPY --from=base /bin/sh /sh
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS app
        COPY --from=base /bin/sh /sh
    """


@told(Severity.ERROR)
def alias_runs_onbuild() -> None:
    """A stage with ONBUILD gets no alias stage, because that would run the triggers.

    Tried: FROM of an image runs its triggers, COPY --from of it does not.

    Bad (prebuilt: [base]):
        FROM alpine:3.22 AS base
        ONBUILD RUN true
        FROM alpine:3.22
        COPY --from=base /bin/sh /sh
    Good (prebuilt: {base: image}):
        FROM alpine:3.22 AS base
        ONBUILD RUN true
        FROM alpine:3.22
        COPY --from=base /bin/sh /sh
    """


@told(Severity.ERROR)
def onbuild_index_shifts() -> None:
    """An index in a trigger counts the stages of the output, where there may be other ones than in the template.

    An alias stage adds one, and a target takes those away that it does not need; a trigger's text is not changed.

    Bad (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS app
        COPY --from=base /bin/sh /sh
        FROM alpine:3.22
        ONBUILD COPY --from=1 /sh /sh
    Good (prebuilt: [base]):
        FROM alpine:3.22 AS base
        FROM alpine:3.22 AS app
        COPY --from=base /bin/sh /sh
        FROM alpine:3.22
        ONBUILD COPY --from=app /sh /sh
    """
