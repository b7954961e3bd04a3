"""Networks for learners: layers, their passes written down, and training in small batches."""
