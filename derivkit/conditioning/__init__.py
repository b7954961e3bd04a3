"""How well a formula can be computed in doubles: conditioning, digits lost, overflow, and rewrites that are equal and better."""
