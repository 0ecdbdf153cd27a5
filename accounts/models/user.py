from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import UserQuerySet
from companies.choices import Language, Theme
from tokdesk.common.models import BaseModel, SoftDeletable, Versioned


class User(BaseModel, SoftDeletable, Versioned, AbstractBaseUser):
    """A person's own account: what only that person changes.

    It exists once the address was proven. What a company knows of the person is a Membership.
    """

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("sign-in e-mail"))
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    preferences = models.JSONField(_("preferences"), default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_super_admin = models.BooleanField(_("platform staff"), default=False)

    objects: ClassVar = UserQuerySet.as_manager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["email"], condition=models.Q(is_deleted=False), name="user_email_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.email = self.email.casefold()

    @property
    def is_staff(self) -> bool:
        """What Django's admin asks: platform staff, and nobody of a company."""
        return self.is_super_admin

    @property
    def can_sign_in(self) -> bool:
        return self.is_active and not self.is_deleted

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.can_sign_in and self.is_super_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.can_sign_in and self.is_super_admin
