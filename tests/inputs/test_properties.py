"""What holds for every context, every ignore file and every source."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from dfrender.diagnostics import Problems
from dfrender.dockerfile.ignore import PatternError, Patterns
from dfrender.inputs.context import Context, Tracked
from dfrender.inputs.parts import Part, digest_of
from dfrender.inputs.taking import Taker
from dfrender.recorder import Recorder
from tests.inputs.test_sources import taken as sources

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = st.sampled_from(["a", "b", "a.md", "docs", "é", "[x]"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
WORDS = st.sampled_from(["a", "*", "**", "?", "docs", "*.md", "[a-b]", "[^a]*", "é"])
PATTERNS = st.builds(
    lambda sign, words: sign + "/".join(words), st.sampled_from(["", "", "!"]), st.lists(WORDS, min_size=1, max_size=3)
)
FLAGS = ("--exclude=*.md", "--exclude=docs", "--exclude=!docs/a", "--parents")
SOURCES = st.builds(
    lambda flags, words: f"COPY {' '.join(flags)} {'/'.join(words)} /x/",
    st.lists(
        st.sampled_from(["--exclude=*.md", "--exclude=docs", "--exclude=!docs/a", "--parents"]), max_size=2, unique=True
    ),
    st.lists(WORDS, min_size=1, max_size=3),
)


def lay(folder: Path, paths: Sequence[str]) -> list[str]:
    """Write files; one whose name is that of a folder, or in whose way a file is, is left out."""
    for path in paths:
        file = folder / path
        if file.exists() or any(each.is_file() for each in file.parents):
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*"))


def context(folder: Path, patterns: Sequence[str]) -> Context:
    return Context(folder, Patterns(patterns), Recorder(), Tracked({}))


@given(st.lists(PATHS, max_size=12), st.lists(PATTERNS, max_size=4))
def test_a_context_holds_what_is_not_ignored_and_the_folders_of_that(paths: list[str], patterns: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        everything = lay(folder, paths)
        seen = {path for path, _ in context(folder, patterns).below("")}
        ignored = Patterns(patterns)
        left = {path for path in everything if not ignored.matches(path)}
        above = {path for path in everything if any(each.startswith(f"{path}/") for each in left)}
        assert seen == left | above


@given(st.lists(PATHS, max_size=10), st.lists(PATTERNS, max_size=2), SOURCES)
def test_what_is_taken_would_be_taken(paths: list[str], patterns: list[str], source: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay(folder, paths)
        seen = context(folder, patterns)
        taker = Taker(seen, Problems())
        taker.take(sources(source))
        if taker.problems:
            return
        for path, _ in seen.below(""):
            is_file = (folder / path).is_file()
            if is_file:
                assert (path in taker.inputs) == (taker.would_take(path) is not None)


@given(st.lists(PATHS, max_size=10), SOURCES, PATHS)
def test_only_a_file_that_would_be_taken_changes_what_is_taken(paths: list[str], source: str, new: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay(folder, paths)
        before = Taker(context(folder, ()), Problems())
        before.take(sources(source))
        is_new = new not in {path for path, _ in before.context.below("")}
        lay(folder, [new])
        after = Taker(context(folder, ()), Problems())
        after.take(sources(source))
        is_file = (folder / new).is_file()
        if is_new and is_file and not before.problems and not after.problems:
            assert (new in after.inputs) == (before.would_take(new) is not None)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=4), st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_two_lists_of_parts_are_two_digests(one: list[tuple[str, ...]], other: list[tuple[str, ...]]) -> None:
    digests = [digest_of([Part(words) for words in each], ()) for each in (one, other)]
    assert (digests[0] == digests[1]) == (one == other)


@given(st.lists(PATTERNS, max_size=4), PATHS)
def test_a_path_is_matched_with_the_folder_that_it_lies_in(patterns: list[str], path: str) -> None:
    """A folder that is matched, with nothing taken back in it, takes with it all that it holds."""
    try:
        matcher = Patterns(patterns)
    except PatternError:
        return
    if matcher.matches(path) and not matcher.may_take_back_below(path):
        assert matcher.matches(f"{path}/new")
