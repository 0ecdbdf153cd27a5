"""The first app of all."""

from django.apps import AppConfig
from django.db import connection


class DatabaseConfig(AppConfig):
    name = "tokdesk.db"
    label = "tokdesk_db"

    def import_models(self) -> None:
        """Load the backend before any model: MongoDB's has a word in how they are made."""
        str(connection.vendor)
        super().import_models()
