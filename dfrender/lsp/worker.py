"""The process in which templates are rendered for an editor: requests in, answers out, until its input ends.

A template may take for ever, and only a process can be ended.
"""

import gc
import os
from typing import BinaryIO, cast

from dfrender.lsp.analysis import analyze
from dfrender.lsp.messages import LENGTH, Answer, Failure, Request, packed, unpacked
from dfrender.lsp.roots import roots


def answer(request: Request) -> Answer:
    """Answer one question."""
    try:
        if request.wants_roots:
            return roots(request.path, request.texts)
        return analyze(request.path, request.texts, request.environ)
    except Exception as error:  # noqa: BLE001 - one bug must not take the others' answers with it
        import traceback  # only a bug needs it

        return Failure("".join(traceback.format_exception(error)))


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer until there are no more questions."""
    while length := incoming.read(LENGTH):
        data = incoming.read(int.from_bytes(length, "big"))
        request = cast("Request", unpacked(data))
        outgoing.write(packed(answer(request)))
        outgoing.flush()


def main() -> None:
    """Answer what comes in; what anybody prints by mistake goes to standard error and not among the answers."""
    gc.enable()  # the command, which ends soon, does without
    with os.fdopen(0, "rb") as incoming, os.fdopen(os.dup(1), "wb") as outgoing:
        os.dup2(2, 1)
        serve(incoming, outgoing)


if __name__ == "__main__":
    main()
