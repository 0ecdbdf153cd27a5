"""Every HTTP route: the API, the staff site, and the few pages that cross apps."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from tokdesk.api import CompaniesViewSet
from tokdesk.pages.dev_mail import dev_mail
from tokdesk.pages.home import home
from tokdesk.pages.inbox import inbox
from tokdesk.pages.language import LanguagePage
from tokdesk.pages.metrics import metrics_page
from tokdesk.pages.try_it import try_it

# Without metadata they know no OPTIONS, for which the page has no answer.
docs_page = SpectacularSwaggerSplitView.as_view(url_name="schema", metadata_class=None)
router = SimpleRouter()
router.register("companies", CompaniesViewSet, basename="company")

urlpatterns = [
    path("", home, name="home"),
    path("language/", LanguagePage.as_view(), name="language-page"),
    # Every place in it has an address.
    re_path(r"^app/(?:.*)$", inbox, name="inbox-page"),
    path("metrics", metrics_page, name="metrics"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("invitations.urls")),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(metadata_class=None), name="schema"),
    path("api/docs/", docs_page, name="docs"),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("companies.api.urls")),
    path("api/v1/", include("departments.api.urls")),
    path("api/v1/", include("conversations.api.urls")),
    path("api/v1/", include("invitations.api.urls")),
    path("api/v1/", include(router.urls)),
]

if settings.DEMO_ENABLED:
    urlpatterns += [
        path("dev/mail/", dev_mail, name="dev_mail"),
        path("try/", try_it, name="try-page"),
    ]
