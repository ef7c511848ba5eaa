"""The templates of a call of ``render`` in their order: those that it renders, and those that it leaves as they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from dfrender.api import Footprint, Result
from dfrender.cli.kept import Kept
from dfrender.diagnostics import Diagnostic
from dfrender.files import OutputFile
from dfrender.template.template import Template


class Work:
    """What a call does: for each template, its results and files, or what is kept of it."""

    def __init__(self, named: Sequence[Template], kept: Mapping[str, Kept]) -> None:
        """Begin with nothing rendered; ``kept`` is what is kept of templates, by their files."""
        self.named = named
        self.kept: dict[str, Kept] = {}
        for each in named:
            if each.file in kept:
                self.kept[each.file] = kept[each.file]
        self.outputs: list[Sequence[OutputFile]] = []
        self._results: dict[str, Sequence[Result]] = {}

    @property
    def to_render(self) -> list[Template]:
        """Return the templates that are not kept."""
        return [each for each in self.named if each.file not in self.kept]

    @property
    def rendered(self) -> list[Sequence[Result]]:
        """Return the results of each template that was rendered."""
        return [self._results[each.file] for each in self.named if each.file in self._results]

    @property
    def results(self) -> list[Result]:
        """Return all results."""
        return list(chain.from_iterable(self.rendered))

    @property
    def files(self) -> list[OutputFile]:
        """Return the files of all templates that were rendered."""
        return list(chain.from_iterable(self.outputs))

    @property
    def paths(self) -> set[Path]:
        """Return the paths of all files, also of those that are kept."""
        found = {each.output.path for each in self.files}
        for each in self.kept.values():
            found.update(each.paths)
        return found

    @property
    def findings(self) -> Iterator[Diagnostic]:
        """Yield the warnings about all templates."""
        for result in self.results:
            yield from result.warnings
        for each in self.kept.values():
            yield from each.findings

    @property
    def footprints(self) -> list[Footprint]:
        """Return what the renderings have to get along with, also of templates that are kept."""
        found: list[Footprint] = []
        for each in self.named:
            if each.file in self.kept:
                found += self.kept[each.file].footprints
            for result in self._results.get(each.file, ()):
                found.append(result.footprint)
        return found

    def add(self, rendered: Iterable[Sequence[Result]]) -> None:
        """Take what templates were rendered to."""
        for results in rendered:
            self._results[results[0].template.file] = results

    def give_up(self, written: Iterable[Sequence[OutputFile]], known: frozenset[str]) -> list[Template]:
        """Keep no template that would be written where one of these files is, and return those that are to be rendered.

        Nor one whose images are named by their inputs, where a file is new, which may be among these: ``known`` are the
        real paths of the files that the run before had.
        """
        real = {each.real for each in chain.from_iterable(written)}
        is_any_new = not real <= known
        given_up: list[Template] = []
        for template in self.named:
            each = self.kept.get(template.file)
            if each is None:
                continue
            is_shared = not real.isdisjoint(each.real)
            if is_shared or (each.is_named and is_any_new):
                del self.kept[template.file]
                given_up.append(template)
        return given_up

    def in_order(self) -> Iterator[Kept | Sequence[OutputFile]]:
        """Yield what each template comes to: its files, or what is kept of it."""
        by_file = {each[0].result.template.file: each for each in self.outputs}
        for each in self.named:
            if each.file in self.kept:
                yield self.kept[each.file]
            elif each.file in by_file:
                yield by_file[each.file]
