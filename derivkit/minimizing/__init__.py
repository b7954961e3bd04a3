"""From a function to its minimum, and what there is to say of the way there."""
