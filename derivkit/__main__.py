"""The entry point of the command `derivkit`; `python -m derivkit` is the same."""

import gc
import sys

OBJECTS_PER_COLLECTION = 400_000  # three times what SymPy, Typer and derivkit make while they load
INTERRUPTED = 130


def main() -> None:
    """Run the command line of this process."""
    # A command lives for a moment and keeps nearly all that it makes. Looking for garbage while modules load takes a tenth of the
    # time, and looking through everything once more at the end a fifth.
    gc.set_threshold(OBJECTS_PER_COLLECTION)
    try:
        from derivkit.cli.app import app

        app()
    except KeyboardInterrupt:  # while modules load; a running command turns it into the same status
        sys.exit(INTERRUPTED)
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
