"""Export file to raw tables: knows structure, never judges values."""
