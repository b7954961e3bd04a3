"""From a file to numbers: sniff, read, type the columns, build the design matrix. Polars lives here only."""
