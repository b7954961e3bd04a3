"""Programs: an expression, differentiated in reverse mode and made ready to be run on floats and on arrays."""
