"""Transcripts in the folder ``transcripts``: what a user types and sees, from the first command to the last.

They are run as the pages of ``docs`` are, from the folder of a team that has the problem which dfrender is made for.
``pytest tests/test_transcripts.py --update`` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages import followed
from tests.slow import slow_but

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.md"))
TRANSCRIPTS = {each.stem.replace("-", " "): (each,) for each in FILES}


@pytest.mark.parametrize("transcript", slow_but({"a first run"}, TRANSCRIPTS))
def test_a_user_sees_what_the_transcript_says(transcript: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    expected = transcript.read_text(encoding="utf-8")
    seen = followed(expected, tmp_path, "original")
    if pytestconfig.getoption("update"):
        transcript.write_text(seen, encoding="utf-8")
        expected = seen
    assert seen == expected
