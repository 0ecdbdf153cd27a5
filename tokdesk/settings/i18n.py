"""Languages and time: English and Arabic, always UTC in the rows."""

from django.utils.translation import gettext_lazy as _

from tokdesk.settings.base import BASE_DIR

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
