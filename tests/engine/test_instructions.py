"""References in instructions that only BuildKit knows, some of them since a certain version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.engine import STYLES, Engine, copy_of, image, render, steps
from tests.engine.progress import executed

if TYPE_CHECKING:
    from pathlib import Path

# instruction: the first engine whose frontend has it, what an older one says, the file that it makes
NEWER = {
    "COPY --chmod=600 --from={{ stage('builder-base') }} /opt/tools /made\n": (20, "", ("file", 0o600, b"tools\n")),
    "COPY --link --from={{ stage('builder-base') }} /opt/tools /made\n": (
        23,
        "unknown flag: link",
        ("file", 0o644, b"tools\n"),
    ),
    "COPY <<EOF /made\nCOPY --from=builder-base this is text\nEOF\n": (
        23,
        "unknown instruction: eof",
        ("file", 0o644, b"COPY --from=builder-base this is text\n"),
    ),
}


@pytest.fixture
def folder(engine: Engine, tmp_path: Path) -> Path:
    """Give a copy of the template with mounts, with an image of its first stage at hand."""
    folder = copy_of("instructions", tmp_path)
    engine.build(folder, render(folder, "local"), "--target=builder-base", f"--tag={image('builder-base')}")
    return folder


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        pytest.param("local", {"builder-base": 1, "development": 1}, id="a bare stage"),
        pytest.param("ci", {"development": 1}, id="an alias stage"),
        pytest.param("image", {"development": 1}, id="a literal image"),
    ],
)
def test_a_bind_mount_finds_the_files_of(engine: Engine, folder: Path, profile: str, expected: dict[str, int]) -> None:
    tag = image("development", profile)
    output = engine.build(folder, render(folder, profile), "--no-cache", "--target=development", f"--tag={tag}")
    assert executed(output) == expected
    assert engine.tree(tag, "/copied") == {"copied": ("file", 0o644, b"tools\n")}
    engine.record(f"{STYLES[profile]}: RUN --mount=type=bind,from=", steps(output))


@pytest.mark.parametrize("instruction", [pytest.param(text, id=" ".join(text.split()[:2])) for text in NEWER])
def test_a_newer_instruction_is_built_or_refused_by_name(engine: Engine, folder: Path, instruction: str) -> None:
    """What dfrender wrote is right either way: only the engine's age decides."""
    since, refusal, made = NEWER[instruction]
    with (folder / "Dockerfile.j2").open("a") as template:
        template.write(instruction)
    tag = image("development", "newer")
    flags = ["--target=development", f"--tag={tag}"]
    worked, output = engine.try_build(folder, render(folder, "ci"), *flags)
    assert worked == (engine.major >= since), output
    if worked:
        assert engine.tree(tag, "/made") == {"made": made}
    else:
        assert refusal in output.lower()
    engine.record(f"style arg: {' '.join(instruction.split()[:2])}", "built" if worked else refusal)
