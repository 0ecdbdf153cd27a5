"""Words of people and sessions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tokdesk.common.roles import Role


class MemberRole(models.TextChoices):
    COMPANY_ADMIN = Role.COMPANY_ADMIN.value, _("Company admin")
    MANAGER = Role.MANAGER.value, _("Manager")
    AGENT = Role.AGENT.value, _("Agent")
    USER = Role.USER.value, _("Customer")


# Whom a manager may bring in.
BY_MANAGERS = frozenset({Role.AGENT, Role.USER})


class MemberStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    DEACTIVATED = "deactivated", _("Deactivated")


class Availability(models.TextChoices):
    ONLINE = "online", _("Online")
    AWAY = "away", _("Away")
    BUSY = "busy", _("Busy")
    OFFLINE = "offline", _("Offline")
    INVISIBLE = "invisible", _("Invisible")


class SessionKind(models.TextChoices):
    API = "api", _("API")
    BROWSER = "browser", _("Browser")


class EndReason(models.TextChoices):
    LOGOUT = "logout", _("Signed out")
    REVOKED = "revoked", _("Ended by its owner")
    PASSWORD = "password", _("Password changed")
    REUSE = "reuse", _("A spent token was used again")
    DEACTIVATED = "deactivated", _("Access withdrawn")
    COMPANY = "company", _("Company suspended or deleted")
    STAFF = "staff", _("Ended by platform staff")


class RegistrationKind(models.TextChoices):
    COMPANY = "company", _("Company")
    CUSTOMER = "customer", _("Customer")
