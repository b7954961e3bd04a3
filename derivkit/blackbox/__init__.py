"""A user's own function and gradient, called and never differentiated: does the one belong to the other?"""
