"""The tests on engines count the steps that were executed by what builders say; here, of what they were seen to say."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from tests.engine.progress import executed

STEP = '[base 1/1] RUN echo "ran base" && make'


def vertex(**state: object) -> str:
    """Return an update of ``--progress rawjson`` about the step, as buildx 0.13 indents it."""
    return f"{json.dumps({'vertexes': [{'digest': 'sha256:1', 'name': STEP, **state}]}, indent=2)}\n"


def log(text: str) -> str:
    """Return an update about what the step prints."""
    data = b64encode(text.encode()).decode()
    return f"{json.dumps({'logs': [{'vertex': 'sha256:1', 'stream': 1, 'data': data}]})}\n"


WAITS = vertex()
BEGINS = vertex(started="10:00:01")
ENDS = vertex(started="10:00:01", completed="10:00:02")
CACHED = vertex(started="10:00:01", completed="10:00:02", cached=True)
FETCHED = BEGINS + vertex(started="10:00:01.5", completed="10:00:01.51") + CACHED
FETCHED_LATER = vertex(started="10:00:03.1", completed="10:00:03.15") + vertex(
    started="10:00:03", completed="10:00:03.2", cached=True
)
SHARED = vertex(started="10:00:00", completed="10:00:01")
AGAIN = vertex(started="10:00:05", completed="10:00:06")
PRINTS = log("ran base\nmade\n")
EXECUTED = {
    "rawjson, a step that runs": (WAITS + BEGINS + PRINTS + ENDS, 1),
    "rawjson, a step whose layers are fetched from a cache": (WAITS + FETCHED, 0),
    "rawjson, a step whose layers are fetched to be exported": (WAITS + CACHED + AGAIN, 0),
    "rawjson, a step that runs, and is fetched by a later build": (BEGINS + PRINTS + ENDS + FETCHED_LATER, 1),
    "rawjson, a step that two builds run": (BEGINS + PRINTS + ENDS + "pushed\n" + AGAIN + PRINTS, 2),
    "rawjson, a step that prints in pieces": (BEGINS + log("ran ") + log("base") + ENDS, 1),
    "plain, a step that runs": (f"#5 {STEP}\n#5 0.061 ran base\n#5 DONE 0.2s\n", 1),
    "plain, a step that is cached": (f"#5 {STEP}\n#5 CACHED\n", 0),
    "plain, two builds that number their steps alike": (
        f"#5 {STEP}\n#5 0.061 ran base\n#5 DONE 0.2s\n#5 [internal] load build context\n#5 DONE 0.0s\n",
        1,
    ),
    "the classic builder, a step that runs": (f"Step 2/2 : {STEP[11:]}\n ---> Running in 3e1\nran base\n", 1),
    "the classic builder, a step that is cached": (f"Step 2/2 : {STEP[11:]}\n ---> Using cache\n", 0),
}


@pytest.mark.parametrize(("said", "count"), EXECUTED.values(), ids=EXECUTED)
def test_a_step_that_was_executed_is_counted(said: str, count: int) -> None:
    assert executed(said)["base"] == count


def test_a_step_that_targets_of_bake_share_is_counted_once() -> None:
    assert executed(BEGINS + PRINTS + ENDS + SHARED + "{}\n" + CACHED, is_baked=True) == {"base": 1}


@pytest.mark.parametrize(
    "said",
    [pytest.param(BEGINS + ENDS, id="a print is lost"), pytest.param(BEGINS + PRINTS + CACHED, id="a state is wrong")],
)
def test_what_is_not_said_alike_is_no_count(said: str) -> None:
    with pytest.raises(AssertionError, match="steps printed"):
        executed(said)


def test_a_step_of_a_build_that_failed_counts_by_either() -> None:
    failed = vertex(started="10:00:01", completed="10:00:02", error="exit code: 1")
    assert executed(BEGINS + PRINTS + failed) == {"base": 1}
