"""Departments of a company: their members, heads and hours."""
