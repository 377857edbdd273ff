"""Campaigns that try to break what the project promises: `make torture`; each reports."""
