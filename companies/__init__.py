"""Companies: the tenants, their states and settings."""
