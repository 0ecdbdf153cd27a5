"""Every HTTP route: the API, the staff site, and the few pages that cross apps."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from tokdesk.api import CompaniesViewSet
from tokdesk.pages.dev_mail import dev_mail
from tokdesk.pages.home import home

router = SimpleRouter()
router.register("companies", CompaniesViewSet, basename="company")

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("companies.api.urls")),
    path("api/v1/", include(router.urls)),
]

if settings.DEMO_ENABLED:
    urlpatterns.append(path("dev/mail/", dev_mail, name="dev_mail"))
