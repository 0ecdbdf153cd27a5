"""Databases of tests."""

from typing import Any

from django_mongodb_backend.creation import DatabaseCreation as Official


class DatabaseCreation(Official):  # type: ignore[misc]
    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        """Whole, with its sequences: the official one leaves the database and drops collections."""
        self.connection.ensure_connection()
        self.connection.connection.drop_database(test_database_name)

    def _execute_create_test_db(
        self, cursor: Any, parameters: dict[str, str], keepdb: bool = False
    ) -> None:
        if not keepdb:
            self._destroy_test_db(parameters["dbname"], verbosity=0)
        self.connection.close_pool()
