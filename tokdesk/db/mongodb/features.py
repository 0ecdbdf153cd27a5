"""What this backend can do, as Django asks it."""

from django_mongodb_backend.features import DatabaseFeatures as Official


class DatabaseFeatures(Official):  # type: ignore[misc]
    supports_transactions = True
    # A failure inside ends the whole transaction: MongoDB has no way back to a point within it.
    uses_savepoints = False
    has_select_for_update = True
    has_select_for_update_of = True
    has_select_for_no_key_update = True
    has_select_for_update_skip_locked = False
    has_select_for_update_nowait = False
    allow_sliced_subqueries_with_in = True
    supports_ignore_conflicts = True
    supports_update_conflicts = True
    supports_update_conflicts_with_target = True
    can_return_rows_from_bulk_insert = True
