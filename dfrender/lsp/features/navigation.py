"""From a place to the others that it belongs with: definition, references, highlights."""

from collections.abc import Iterator

from dfrender.lsp.features.place import Place
from dfrender.lsp.model import Analysis, Mention
from dfrender.lsp.text import Location, Range


def definitions(place: Place) -> list[Location]:
    """Return where the stages at a place are defined, or where a value is set, or what is included."""
    if place.mention:
        return [place.analysis.stages[stage].location for stage in place.mention.stages]
    if place.settings:
        return [each.location for each in place.settings]
    return place.included


def references(place: Place, *, with_definition: bool) -> list[Location]:
    """Return all places that name the stages at a place."""
    found: list[Location] = []
    for each in same_stages(place):
        if with_definition or not each.is_definition:
            found.append(each.location)
    return found


def highlights(place: Place) -> list[Range]:
    """Return the places of the same document that name the stages at a place."""
    return [each.location.range for each in same_stages(place) if each.location.path == place.path]


def same_stages(place: Place) -> Iterator[Mention]:
    """Yield all that names a stage that the place names."""
    if place.mention:
        yield from naming(place.analysis, set(place.mention.stages))


def naming(analysis: Analysis, stages: set[int]) -> Iterator[Mention]:
    """Yield all that names one of the stages."""
    for each in analysis.mentions:
        if stages.intersection(each.stages):
            yield each
