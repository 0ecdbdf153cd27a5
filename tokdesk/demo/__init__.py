"""The demo: a small world of companies and people, for development and tests only."""
