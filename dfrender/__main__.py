"""The command: ``dfrender``, and ``python -m dfrender``."""

import gc

gc.disable()  # a run is short and leaves little to collect: looking for it takes 10 of 100 ms, most of it in imports

from dfrender.cli import main  # noqa: E402 - behind the line above, which is for the imports

if __name__ == "__main__":
    main(prog_name="dfrender")
