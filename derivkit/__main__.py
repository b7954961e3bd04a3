"""The entry point of the command `derivkit`; `python -m derivkit` is the same."""

import gc

OBJECTS_PER_COLLECTION = 400_000  # three times what SymPy, Typer and derivkit make while they load


def main() -> None:
    """Run the command line of this process."""
    # A command lives for a moment and keeps nearly all that it makes. Looking for garbage while modules load takes a tenth of the
    # time, and looking through everything once more at the end a fifth.
    gc.set_threshold(OBJECTS_PER_COLLECTION)
    from derivkit.cli.app import app

    try:
        app()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
