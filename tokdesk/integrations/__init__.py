"""Clients of outside things; no word of the desk stands here."""
