"""What is found in a plain Dockerfile to what no other server finds there."""

from collections.abc import Iterable, Iterator

from dfrender.diagnostics import Diagnostic

# what `docker build --check` reports, which Docker's language server shows: tests/engine/test_check.py asks it
_BUILDERS = frozenset(
    {
        "blank-arg-name",
        "circular-reference",
        "duplicate-directive",
        "duplicate-flag",
        "duplicate-stage-name",
        "empty-platform",
        "forward-reference",
        "from-arg-empty",
        "from-arg-not-global",
        "from-case-mismatch",
        "heredoc-lookalike",
        "instruction-before-from",
        "invalid-escape-directive",
        "invalid-from",
        "invalid-image-reference",
        "invalid-mount",
        "invalid-stage-index",
        "invalid-stage-name",
        "invalid-trigger",
        "line-too-long",
        "missing-flag-value",
        "mount-from-not-allowed",
        "mount-split-by-whitespace",
        "no-stage",
        "reserved-stage-name",
        "stage-name-not-a-reference",
        "unknown-flag",
        "unknown-instruction",
        "unsupported-expansion",
        "unterminated-heredoc",
        "variable-in-from-flag",
    }
)
# what hadolint has a rule for: DL3067. Its DL3022, of a COPY --from what is not a stage, does not say which was meant
_HADOLINT = frozenset({"root-over-root"})

OTHERS = _BUILDERS | _HADOLINT
"""The codes of what other servers show in a Dockerfile."""


def own(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the diagnostics that no other server has."""
    for each in found:
        if each.code not in OTHERS:
            yield each
