"""What a person or a script sees: pages of text, JSON documents, typeset formulas."""
