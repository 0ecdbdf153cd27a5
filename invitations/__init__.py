"""Inviting people by e-mail."""
