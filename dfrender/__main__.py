"""The command: ``dfrender``, and ``python -m dfrender``."""

import atexit
import gc
import sys

# A run is short and leaves nothing worth collecting. Looking for it takes 20 of 110 ms: half of that while modules are
# loaded, half when Python ends, which what is frozen is spared.
gc.disable()
atexit.register(gc.freeze)

from dfrender.stamp import call  # noqa: E402 - behind the lines above, which are for what it loads

_INTERRUPTED = 130


def main() -> None:
    """Say what was said before if nothing has changed since, and else run the command."""
    try:
        this_call = call.of_words(sys.argv[1:])
        if this_call and this_call.replay():
            return
        from dfrender.cli.main import main as command  # 60 ms, which an unchanged call does not need
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)  # as the command does itself

    command(prog_name="dfrender", obj=this_call)


if __name__ == "__main__":
    main()
