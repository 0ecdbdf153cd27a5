"""The tenant, and the row that carries its busy counters."""

import secrets
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.choices import DEFAULT_SETTINGS, Language, Status, Theme
from companies.querysets import CompanyRowQuerySet
from tokdesk.common.models import BaseModel, SoftDeletable, Versioned
from tokdesk.common.tenancy import CompanyOwned

SLUG_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?"


class Company(BaseModel, SoftDeletable, Versioned):
    """One customer of the platform. Its slug is a path segment and unique among the living."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.CharField(
        _("address"), max_length=50, validators=[RegexValidator(rf"^{SLUG_PATTERN}\Z")]
    )
    email = models.EmailField(_("contact e-mail"))
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    colour = models.CharField(_("colour"), max_length=7, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PENDING, editable=False
    )
    status_reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)
    status_changed_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    # Sessions that entered before are dead; a restored suspension moves it.
    sessions_valid_from = models.DateTimeField(null=True, editable=False)
    email_confirmed_at = models.DateTimeField(_("address confirmed"), null=True, editable=False)
    settings = models.JSONField(_("settings"), default=dict, blank=True)

    objects: ClassVar = CompanyRowQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(is_deleted=False), name="company_slug_unique"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "created_at"], name="company_status_created"),
            models.Index(fields=["name", "id"], name="company_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == Status.ACTIVE and not self.is_deleted

    @property
    def effective_settings(self) -> dict[str, object]:
        return {**DEFAULT_SETTINGS, **self.settings}

    def setting(self, name: str) -> object:
        """A setting's value, or its default while the company never set it."""
        return self.effective_settings[name]


def new_epoch() -> str:
    return secrets.token_hex(8)


class CompanyState(CompanyOwned):
    """Counters that change with traffic, apart from the settings that people edit."""

    # Names the lineage of every log of the company: another one after a restore.
    log_epoch = models.CharField(max_length=16, default=new_epoch, editable=False)
    next_number = models.PositiveBigIntegerField(default=1)
    # Moves with every change of rights; live sockets compare it before they send a byte.
    access_version = models.PositiveBigIntegerField(default=1)

    class Meta(CompanyOwned.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company"], name="company_state_unique"),
        ]
