"""The command line: one file a command, which reads its options, calls one library function and returns a `Reply`."""
