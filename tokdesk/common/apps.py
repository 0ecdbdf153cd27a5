from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "tokdesk.common"
    label = "common"
    verbose_name = _("Log")

    def ready(self) -> None:
        """Load each app's facts, object rules and receivers, so that the registries are whole."""
        autodiscover_modules("events", "rules", "receivers")
