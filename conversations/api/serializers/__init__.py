"""Shapes of conversations on the wire."""
