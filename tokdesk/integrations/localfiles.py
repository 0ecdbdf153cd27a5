"""Files in a folder of this machine, readable by its own account alone."""

from typing import Any

from django.core.files.storage import FileSystemStorage


class LocalFiles(FileSystemStorage):
    def __init__(self, **options: Any) -> None:
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        super().__init__(**{**modes, **options})

    def signed_url(self, key: str, *, content_type: str, disposition: str) -> str | None:
        """Nobody but we can hand them out."""
        return None
