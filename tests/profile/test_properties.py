"""What holds for any text: it is kept or refused, and nothing but a refusal is ever raised."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dfrender.diagnostics import DfrenderError
from dfrender.profile.profile import Profile
from tests.reading import profile_at

SIGNS = "[]{},'\"\t\n|>#%$:~<@=-.?1aé\ufeff\x85\u2028\0\\"
WORDS = [
    "tag: ",
    "values: ",
    "prebuilt: ",
    "style: arg",
    "  ",
    "- ",
    "&a ",
    "*a",
    "!t ",
    "!!str ",
    "---",
    "...",
    "${",
    "$$",
]
PIECES = st.sampled_from([*SIGNS, *WORDS])
ANYTHING = st.text() | st.lists(PIECES).map("".join)


def loaded(data: bytes, *overrides: str) -> Profile | None:
    """Load a profile; give None if it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ci.yaml"
        path.write_bytes(data)
        try:
            return profile_at(path, overrides, {"A": "${A}", "a": ""})
        except DfrenderError:
            return None


@given(st.binary() | ANYTHING.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_file_is_a_profile_or_is_refused(data: bytes) -> None:
    loaded(data)


@given(st.lists(ANYTHING | st.builds("{}={}".format, ANYTHING, ANYTHING), max_size=3))
def test_any_override_is_taken_or_refused(overrides: list[str]) -> None:
    loaded(b"values: {a: {b: 1}}\nprebuilt: [base]\n", *overrides)


@given(st.text(st.characters(codec="utf-8", exclude_characters="$")))
def test_a_quoted_text_is_kept_or_refused(text: str) -> None:
    quoted = text.replace("'", "''").replace("\n", "\n\n  ")
    profile = loaded(f"values:\n  a: '{quoted}'\n".encode())
    if profile and text == " ".join(text.split()):  # what YAML folds is left out
        assert profile.values == {"a": text}


@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="$\x85"), min_size=1))
def test_a_plain_text_prints_as_it_was_written_or_is_refused(text: str) -> None:
    profile = loaded(f"tag: {text}\nvalues:\n  a: {text}\n".encode())
    if profile and "#" not in text and text[0] not in "\"'[{&*!|>":
        assert profile.tag.text == text
        printed = {"true": "True", "false": "False", "null": "None", "~": "None"}
        assert str(profile.values["a"]) == printed.get(text, text)
