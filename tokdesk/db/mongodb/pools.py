"""Pools of connections belong to a process: what a fork copies of them is torn."""

import contextlib
import os
from typing import Any

from django.db import connections


def renew_after_fork(wrapper: type[Any]) -> None:
    """A child opens its own at its first question; the parent's are left as they are."""
    if hasattr(os, "register_at_fork"):  # Windows does not fork
        os.register_at_fork(after_in_child=lambda: _forget(wrapper))


def _forget(wrapper: type[Any]) -> None:
    wrapper._connection_pools.clear()
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, wrapper):
            # Without a word to the server, to which the parent still speaks.
            connection.session = connection.connection = None
            with contextlib.suppress(AttributeError):
                del connection.database
