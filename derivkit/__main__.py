"""`python -m derivkit` is the command `derivkit`."""

from derivkit.cli.app import main

main()
