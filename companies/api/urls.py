"""REST routes of companies; `companies/` itself is put together in `tokdesk/urls.py`."""

from django.urls import path

from companies.api.views import OwnCompanyView

urlpatterns = [path("company/", OwnCompanyView.as_view(), name="own-company")]
