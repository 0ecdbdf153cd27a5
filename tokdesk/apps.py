from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

from tokdesk import celery as _celery  # noqa: F401  # every process sends through this app


class TokDeskConfig(AppConfig):
    name = "tokdesk"


class TokDeskAdminConfig(AdminConfig):
    default_site = "tokdesk.admin.TokDeskAdminSite"

    def ready(self) -> None:
        """Django brings its groups along; here the role table says who may do what."""
        super().ready()
        admin.site.unregister(apps.get_model("auth", "Group"))
