"""Physical formats to text grids, chosen by bytes and not by suffix."""
