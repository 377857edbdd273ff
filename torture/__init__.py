"""Campaigns that try to break what the project promises; each reports what it found."""
