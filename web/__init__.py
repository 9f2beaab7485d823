"""The page: the only part of the box that faces the network."""
