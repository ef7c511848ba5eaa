"""The process in which templates are rendered for an editor: requests in, answers out, until its input ends.

A template may take for ever, and only a process can be ended.
"""

import gc
import os
import signal
import time
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, cast

from dfrender.lsp.adoption import adoption
from dfrender.lsp.analysis import analyze
from dfrender.lsp.messages import LENGTH, Answer, Failure, NewFiles, Question, Request, Roots, packed, unpacked
from dfrender.lsp.roots import roots

_GRACE = 1.0  # seconds


def answer(request: Request) -> Answer:
    """Answer one question."""
    try:
        if request.question is Question.ROOTS:
            return Roots(roots(request.path, request.texts))
        if request.question is Question.ADOPTION:
            return NewFiles(adoption(request.path, request.texts))
        return analyze(request.path, request.texts, request.environ)
    except Exception as error:  # noqa: BLE001 - one bug must not take the others' answers with it
        import traceback  # only a bug needs it

        return Failure("".join(traceback.format_exception(error)))


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer until there are no more questions."""
    questions: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_read, args=(incoming, questions), daemon=True).start()
    while data := questions.get():
        request = cast("Request", unpacked(data))
        outgoing.write(packed(answer(request)))
        outgoing.flush()


def _read(incoming: BinaryIO, questions: SimpleQueue[bytes]) -> None:
    """Read questions; end the process soon after the last, since a server that was killed cannot."""
    while length := incoming.read(LENGTH):
        data = incoming.read(int.from_bytes(length, "big"))
        questions.put(data)
    questions.put(b"")
    time.sleep(_GRACE)
    os._exit(1)  # what is rendered has no end, and nobody waits for it


def main() -> None:
    """Answer what comes in; what anybody prints by mistake goes to standard error and not among the answers."""
    os.chdir(os.sep)  # the folder that an editor was started in may be removed, and then nobody can be in another
    gc.enable()  # the command, which ends soon, does without
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what ends the server ends its input too
    with os.fdopen(0, "rb") as incoming, os.fdopen(os.dup(1), "wb") as outgoing:
        os.dup2(2, 1)
        serve(incoming, outgoing)


if __name__ == "__main__":
    main()
