"""The connection: Django's transactions are MongoDB's."""

import time
from functools import cache
from typing import Any, ClassVar

import django_mongodb_backend
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import debug_transaction
from django.db.models.signals import class_prepared
from django.db.utils import OperationalError
from django_mongodb_backend import base as official
from django_mongodb_backend.utils import OperationDebugWrapper
from pymongo import ReadPreference
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from tokdesk.db.mongodb.aggregates import register_counts
from tokdesk.db.mongodb.collection import Collection, told_as_django
from tokdesk.db.mongodb.creation import DatabaseCreation
from tokdesk.db.mongodb.features import DatabaseFeatures
from tokdesk.db.mongodb.joins import register_joins
from tokdesk.db.mongodb.keys import INTEGER_TYPES, store_keys_as_id
from tokdesk.db.mongodb.operations import DatabaseOperations, Moment
from tokdesk.db.mongodb.pools import renew_after_fork
from tokdesk.db.mongodb.schema import DatabaseSchemaEditor
from tokdesk.db.mongodb.serverchecks import hello
from tokdesk.db.mongodb.subqueries import register_subqueries
from tokdesk.db.mongodb.validation import DatabaseValidation

VERSION = "5.2.4"
# Whether a commit happened is asked again for so long; committing twice is committing once.
COMMIT_SECONDS = 10.0
UNKNOWN_COMMIT = "UnknownTransactionCommitResult"

if django_mongodb_backend.__version__ != VERSION:
    raise ImproperlyConfigured(
        f"tokdesk.db.mongodb is made for django-mongodb-backend {VERSION}, "
        f"not {django_mongodb_backend.__version__}."
    )


@cache
def prepare_django() -> None:
    """What is changed for all of Django; who only imports this module changes nothing."""
    register_joins()
    register_counts()
    register_subqueries()
    # tokdesk.db is the first app, so this is before any model is made.
    models.DateTimeField.descriptor_class = Moment
    class_prepared.connect(store_keys_as_id, dispatch_uid="tokdesk.db.mongodb.keys")


class DatabaseWrapper(official.DatabaseWrapper):  # type: ignore[misc]
    """Raises django.db.OperationalError where trying again may help; see collection.py."""

    data_types = {**official.DatabaseWrapper.data_types, **INTEGER_TYPES}
    SchemaEditorClass = DatabaseSchemaEditor
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    validation_class = DatabaseValidation
    session: ClientSession | None
    # How often something was written on this connection; common/db.py compares.
    writes = 0

    # Not the official backend's, whose pools are another's.
    _connection_pools: ClassVar[dict[str, Any]] = {}

    # The official ones know only transactions of their own.
    set_autocommit = BaseDatabaseWrapper.set_autocommit
    on_commit = BaseDatabaseWrapper.on_commit

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        prepare_django()

    def get_collection(self, name: str, **kwargs: Any) -> Any:
        self.ensure_connection()
        self.validate_no_broken_transaction()
        collection = Collection(self.database, name, **kwargs)
        collection.on_failure, collection.on_write = self._doom, self._count_write
        return OperationDebugWrapper(self, collection) if self.queries_logged else collection

    def _count_write(self) -> None:
        self.writes += 1

    def _doom(self) -> None:
        """Whatever fails ends the server's transaction; nobody may believe that it goes on."""
        if self.in_atomic_block:
            self.needs_rollback = True

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        return super().get_new_connection({"tz_aware": False, **conn_params})

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self.autocommit = True

    def is_usable(self) -> bool:
        try:
            hello(self)
        except OperationalError:
            return False
        return True

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit and self.session is None:
            self._begin()
        elif autocommit and self.session is not None:
            self._end_session()

    def _begin(self) -> None:
        self.session = self.connection.start_session(causal_consistency=True)
        with debug_transaction(self, "session.start_transaction()"):
            self.session.start_transaction(
                read_concern=ReadConcern("snapshot"),
                # Acknowledged means: no primary that steps down takes it back.
                write_concern=WriteConcern("majority"),
                read_preference=ReadPreference.PRIMARY,
            )

    def _commit(self) -> None:
        if self.session is None or not self.session.in_transaction:
            return
        with debug_transaction(self, "session.commit_transaction()"):
            self._commit_surely(self.session)

    def _commit_surely(self, session: ClientSession) -> None:
        give_up = time.monotonic() + COMMIT_SECONDS
        while True:
            try:
                session.commit_transaction()
            except PyMongoError as error:
                is_known = not error.has_error_label(UNKNOWN_COMMIT)
                if is_known or time.monotonic() > give_up:
                    raise told_as_django(error) from error
            else:
                return

    def _rollback(self) -> None:
        if self.session is None or not self.session.in_transaction:
            return
        with debug_transaction(self, "session.abort_transaction()"):
            try:
                self.session.abort_transaction()
            except PyMongoError as error:
                raise OperationalError(str(error)) from error

    def close(self) -> None:
        """The pool stays; what a transaction left open does not."""
        super().close()
        if self.session is not None and not self.in_atomic_block:
            self._end_session()
            self.autocommit = True


renew_after_fork(DatabaseWrapper)
