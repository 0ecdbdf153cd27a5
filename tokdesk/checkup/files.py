"""What must lie on the disk: the data folder, static files, compiled translations."""

import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from tokdesk.checkup.verdicts import Verdict, failure, good, warning

LOW_ON_SPACE = 1024**3
# One of our own dependencies' files: where it is found, the others are.
KNOWN_STATIC_FILE = "admin/css/base.css"


def data_folder() -> Verdict:
    problem = write_into(settings.DATA_DIR)
    if problem:
        return failure(problem, "Make it writable for this account, or set TOKDESK_DATA.")
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < LOW_ON_SPACE:
        detail = f"{settings.DATA_DIR}: only {free // 1024**2} MiB are free"
        return warning(detail, "Make room before the disk is full.")
    return good(f"{settings.DATA_DIR} is writable")


def write_into(folder: Path) -> str:
    """What keeps us from writing there, or from making it; empty when nothing does."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return f"{existing} is not writable ({error.strerror})"
    return ""


def static_files() -> Verdict:
    if settings.DEBUG or settings.DEMO_ENABLED:
        found = finders.find(KNOWN_STATIC_FILE)
        return good("found in their apps") if found else failure(*UNCOLLECTED)
    try:
        name = staticfiles_storage.url(KNOWN_STATIC_FILE).removeprefix(settings.STATIC_URL)
    except ValueError:
        return failure(*UNCOLLECTED)
    is_there = staticfiles_storage.exists(name)
    return good(f"collected in {settings.STATIC_ROOT}") if is_there else failure(*UNCOLLECTED)


UNCOLLECTED = ("the staff site's style is not there", "Run manage.py collectstatic --no-input.")


def translations() -> Verdict:
    """Without its compiled file a language is shown in English."""
    catalogs = list(catalogs_of_us())
    missing = [name(po) for po in catalogs if not po.with_suffix(".mo").exists()]
    if missing:
        return failure(f"not compiled: {', '.join(missing)}", "Run manage.py compilemessages.")
    if not catalogs:
        return warning("there are none", "Run manage.py makemessages --locale ar.")
    return good(f"{len(catalogs)} catalogs are compiled")


def catalogs_of_us() -> list[Path]:
    """Those of every language but the one the sentences are written in."""
    folders = [Path(folder) for folder in settings.LOCALE_PATHS]
    found = sorted(po for folder in folders for po in folder.glob("*/LC_MESSAGES/*.po"))
    return [po for po in found if po.parent.parent.name != settings.LANGUAGE_CODE]


def name(po: Path) -> str:
    return f"{po.parent.parent.name}/{po.stem}"
