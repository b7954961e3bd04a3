"""Pictures of characters: arrays become lines of text that a terminal shows, readable without colour and without Matplotlib."""
