"""The profiles of one call: found by name or path, each file read once, each profile laid and loaded once."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dfrender.diagnostics import DfrenderError, Problems
from dfrender.profile import folders, places
from dfrender.profile.folders import ProfileFile
from dfrender.profile.forms import plain_form
from dfrender.profile.layers import Layer, Layers, lay, layer_of, read_layer
from dfrender.profile.nodes import MappingNode, Node, merge
from dfrender.profile.profile import Profile, derive
from dfrender.profile.values import substitute_mapping
from dfrender.recorder import NOTHING_UNSAVED, Recorder
from dfrender.source import encode

if TYPE_CHECKING:
    from dfrender.profile.composer import Locate, ReadYaml


def read_yaml(data: bytes, locate: "Locate", problems: Problems) -> Node | None:
    """Do as `composer.read` does, which is loaded for it."""
    from dfrender.profile import composer  # 2 ms, and 15 for PyYAML, which what was read before does not need

    return composer.read(data, locate, problems)


def _override(text: str, problems: Problems) -> MappingNode:
    from dfrender.profile.override import override  # the same, which calls without --set do not need

    return override(text, problems)


class Profiles:
    """What a call says of profiles: the environment that they read, ``--set``, ``--target`` and ``--context``.

    Loading reports what is wrong with a profile in its ``problems``; it raises `CallError` for a file that cannot be
    read, and `DfrenderError` for one that is for another version of dfrender.
    """

    def __init__(  # noqa: PLR0913 - what a call may say, and what reads it
        self,
        environ: Mapping[str, str],
        overrides: Sequence[str] = (),
        target: str = "",
        context: str = "",
        unsaved: Mapping[Path, bytes] = NOTHING_UNSAVED,
        *,
        read_yaml: "ReadYaml" = read_yaml,
    ) -> None:
        """Begin with nothing read.

        ``unsaved`` are texts that stand in for files: an editor's. ``read_yaml`` reads what the files hold.
        """
        self.overrides = overrides
        self.target = target
        self.context = context
        self._read_yaml = read_yaml
        self._recorder = Recorder(environ, unsaved)
        self._layers: dict[Path, Layer] = {}
        self._trees: dict[Path, Layers] = {}
        self._loaded: dict[ProfileFile, Profile] = {}

    def in_tree(self, variables: Mapping[str, str], context: str) -> "Profiles":
        """Return what this call says of profiles of another tree, where some variables and its context are others."""
        return Profiles({**self._recorder.environ.variables, **variables}, self.overrides, self.target, context)

    def recorder(self) -> Recorder:
        """Return a recorder for what else is looked at in this call."""
        return self._recorder.part()

    def wanted(self, folder: Path, names: Sequence[str], recorder: Recorder) -> list[ProfileFile]:
        """Find the profiles of a template in a folder by name or path, each once; all that it has if none is named.

        The recorder notes where they were looked for. Raises `CallError` with all that are not there.
        """
        if not names:
            return list(places.profiles(folder, recorder))
        problems = Problems()
        found = problems.attempt(lambda name: places.find(name, folder, recorder), names)
        problems.refuse()
        unique = {(each.name, each.real): each for each in reversed(found)}
        return list(reversed(unique.values()))

    def load(self, wanted: ProfileFile) -> Profile:
        """Load a profile with what the call says laid over it."""
        if wanted not in self._loaded:
            profile = derive(wanted, self.overrides, self.tree(wanted.path))
            self._loaded[wanted] = profile.aimed_at(self.target).built_in(self.context)
        return self._loaded[wanted]

    @property
    def names(self) -> set[str]:
        """Return the names of the profiles that were loaded so far."""
        return {each.name for each in self._loaded if each.name}

    def tree(self, path: Path) -> Layers:
        """Return all that is written for a profile as one tree: overrides over files, variables replaced."""
        if path not in self._trees:
            self._trees[path] = _expanded(self.layers(path), self.overrides)
        return self._trees[path]

    def layers(self, path: Path) -> Layers:
        """Lay a profile's file over those that it extends."""
        return lay(path, self.layer, self._recorder.part())

    def layer(self, path: Path) -> Layer:
        """Read what one file says by itself."""
        if path not in self._layers:
            self._layers[path] = read_layer(path, self._recorder.part(), self._read_yaml)
        return self._layers[path]

    def elsewhere(self, folder: Path, profile: str) -> Callable[[str], str]:
        """Return a function that says which profile sets a name that this one does not; one with problems sets none."""

        def setting(name: str) -> str:
            for found in places.profiles(folder):
                at = self._place_of(found, name)
                if at:
                    return f"set in {at} but not by {profile}"
            return ""

        return setting

    def _place_of(self, wanted: ProfileFile, value: str) -> str:
        try:
            profile = self.load(wanted)
        except DfrenderError:
            return ""
        at = profile.value_places.get(value)
        if at is None or not profile.is_whole:
            return ""
        return f"{at.file}:{at.line}"


def load(path: Path, overrides: Sequence[str], environ: Mapping[str, str]) -> Profile:
    """Read a profile and those that it extends, and lay the overrides over it, before anything is derived.

    Its template is taken to lie in the folder that the profile belongs to.

    Raises `DfrenderError` with all problems of files and overrides, `CallError` if a file cannot be read.
    """
    profile = Profiles(environ, overrides).load(ProfileFile(path.stem, path, folders.home(path)))
    Problems(profile.problems).refuse()
    return profile


def of_text(text: str, file: str, name: str) -> Profile:
    """Return the profile that a file with this text, which extends none, would be in an empty environment."""
    layer = layer_of(encode(text), file, Recorder(), read_yaml)
    path = Path(file)
    layers = lay(path, lambda _: layer, Recorder())
    return derive(ProfileFile(name, path, folders.home(path)), (), _expanded(layers, ()))


def _expanded(layers: Layers, overrides: Sequence[str]) -> Layers:
    problems = Problems(layers.problems)
    tree = layers.tree
    for text in overrides:
        tree = merge(tree, plain_form(_override(text, problems), layers.recorder.environ, problems))
    tree = substitute_mapping(tree, layers.recorder.environ, problems)
    return Layers(tree, layers.files, problems, layers.recorder)
