"""Superset on the live release: its settings, the assets it is given, how it is started."""
