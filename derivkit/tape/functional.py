"""Functions of neural networks, of tensors and of arrays."""
