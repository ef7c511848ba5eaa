"""The names that an output adds, of build arguments and of alias stages: each is claimed once, for its owner."""

from collections.abc import Sequence

from dfrender.diagnostics import Problems
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Edge, Graph
from dfrender.profile.profile import Profile, StageSettings, Text
from dfrender.references.prebuilt import GeneratedArg
from dfrender.source import At

_RESERVED = ("scratch", "context")


class Claims:
    """The names that are taken; each has what is to be said about its place, and that place."""

    def __init__(self, graph: Graph, problems: Problems) -> None:
        """Begin with the names that the Dockerfile itself uses."""
        self.graph = graph
        self.problems = problems
        self.args = _args_in_use(graph)
        self.stages = _names_in_use(graph)

    def tag_arg(self, profile: Profile, tag_arg: Text) -> GeneratedArg:
        """Claim the build argument that sets the tag of all images."""
        hint = "choose another tag_arg"
        by, _ = self.args.get(tag_arg.text, ("", None))
        if by == "declared":
            hint += f", or use the file's own ARG: tag: $${{{tag_arg.text}}}"
        owner = Text("tag_arg", tag_arg.at)
        return self._arg(tag_arg, profile.tag.text, owner, hint)

    def image_arg(self, settings: StageSettings, default: str) -> GeneratedArg:
        """Claim the build argument that holds a stage's image."""
        hint = f"set prebuilt.{settings.stage.text}.arg_name to a name of its own"
        return self._arg(settings.arg_name, default, settings.stage, hint)

    def alias(self, settings: StageSettings, copies: Sequence[Edge]) -> str:
        """Claim the alias stage that these references go through; return its name in lower case."""
        name, alias = settings.stage.text, settings.alias_name.text.lower()
        at = settings.alias_name.at
        hint = f"set prebuilt.{name}.alias_name to a name of its own"
        by, other = self.stages.setdefault(alias, ("the other alias", settings.stage.at))
        if not names.is_stage_name(alias) or names.image_problem(alias) or alias in _RESERVED:
            self.problems.error(at, "invalid-alias-name", f"{alias!r} cannot name an alias stage", hint)
        elif other != settings.stage.at:
            message = f"the alias stage of {name!r} cannot be named {alias!r}: that name is taken"
            self.problems.error(at, "alias-name-taken", message, hint, [(by, other)])
        if self.graph.names[name] in self.graph.triggers:
            for edge in copies:
                message = f"an alias stage of {name!r} would run its ONBUILD triggers"
                hint = f"set prebuilt.{name}.style to image"
                self.problems.error(edge.reference.at, "alias-runs-onbuild", message, hint)
        return alias

    def _arg(self, arg: Text, default: str, owner: Text, hint: str) -> GeneratedArg:
        by, at = self.args.setdefault(arg.text, (f"the other is {owner.text}", owner.at))
        if not names.is_arg_name(arg.text):
            message = f"{arg.text!r} is not a name for a build argument"
            self.problems.error(arg.at, "invalid-arg-name", message, hint)
        elif names.is_predefined_arg(arg.text):
            message = f"builders give the build argument {arg.text} a meaning of their own"
            self.problems.error(arg.at, "arg-name-taken", message, hint)
        elif at != owner.at and by.startswith("the other"):
            message = f"two images would be given by the build argument {arg.text}"
            self.problems.error(arg.at, "arg-name-clash", message, hint, [(by, at)])
        elif at != owner.at:
            message = f"the Dockerfile already uses the build argument {arg.text}"
            self.problems.error(arg.at, "arg-name-taken", message, hint, [(by, at)])
        return GeneratedArg(arg.text, default, arg.at)


def _args_in_use(graph: Graph) -> dict[str, tuple[str, At]]:
    """Return the names that the file declares, or reads without declaring: a new ``ARG`` would give those a value."""
    words = [(edge.word, edge.reference.at) for edge in graph.edges]
    words += [(word, arg.at) for arg, word in graph.defaults]
    found: dict[str, tuple[str, At]] = {}
    for word, at in words:
        for name in word.unset:
            found[name] = ("read", at)
    for arg in graph.dockerfile.args:
        found[arg.name] = ("declared", arg.at)
    return found


def _names_in_use(graph: Graph) -> dict[str, tuple[str, At]]:
    """Return the names of stages and images: an alias of that name would take over the references to it."""
    found: dict[str, tuple[str, At]] = {}
    for edge in graph.edges:
        found[edge.word.text.lower()] = ("an image", edge.reference.at)
    for stage in graph.stages:
        found[stage.name] = ("a stage", stage.at)
    return found
