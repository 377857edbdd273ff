"""Campaigns that try to break the promises: `make torture`."""
