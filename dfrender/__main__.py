"""The command: ``dfrender``, and ``python -m dfrender``."""

import atexit
import gc

# A run is short and leaves nothing worth collecting. Looking for it takes 20 of 110 ms: half of that while modules are
# loaded, half when Python ends, which what is frozen is spared.
gc.disable()
atexit.register(gc.freeze)

from dfrender.cli.main import main  # noqa: E402 - behind the lines above, which are for what it loads

if __name__ == "__main__":
    main(prog_name="dfrender")
