"""Telling people: which mail, push or in-app note follows which event."""
