"""The command: ``dfrender``, and ``python -m dfrender``."""

import gc
import os
import sys

gc.disable()  # a run is short and leaves nothing worth collecting; looking for it takes 10 of 110 ms

from dfrender.stamp import call  # noqa: E402 - behind the line above, which is for what it loads

_INTERRUPTED = 130
_SERVER = "lsp"


def main() -> None:
    """Run the command, and end as soon as all is printed; functions that were registered with `atexit` do not run.

    Python would free all objects one by one before, which is 2 % of a call that renders a changed template. A server
    has threads to wait for.
    """
    try:
        _run()
    except SystemExit as ended:
        if isinstance(ended.code, int) and _SERVER not in sys.argv[1:3] and _is_flushed():
            os._exit(ended.code)
        raise


def _run() -> None:
    """Say what was said before if nothing has changed since, and else run the command."""
    try:
        this_call = call.of_words(sys.argv[1:])
        if this_call and this_call.replay():
            sys.exit(0)
        from dfrender.cli.main import main as command  # 60 ms, which an unchanged call does not need
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)  # as the command does itself

    command(prog_name="dfrender", obj=this_call)


def _is_flushed() -> bool:
    """Say whether all that was printed has gone; where it cannot, Python says so in its way out."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    main()
