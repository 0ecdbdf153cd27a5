from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.choices import RegistrationKind
from companies.choices import Language
from tokdesk.common.models import BaseModel
from tokdesk.common.tenancy import CompanyOwned


class Registration(CompanyOwned):
    """Somebody asked to come in by this address; nothing more exists until it is proven."""

    kind = models.CharField(max_length=8, choices=RegistrationKind.choices)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    password = models.CharField(max_length=128)
    language = models.CharField(max_length=2, choices=Language.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["email", "kind"], name="registration_email")]

    def __str__(self) -> str:
        return str(self.id)

    def is_usable(self, now: datetime) -> bool:
        return self.used_at is None and self.expires_at > now


class PasswordReset(BaseModel):
    """A mailed right to set one new password, bound to the address it was mailed to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects: ClassVar = models.Manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["user", "used_at"], name="reset_user_used")]

    def __str__(self) -> str:
        return str(self.id)

    def is_usable(self, now: datetime) -> bool:
        return self.used_at is None and self.expires_at > now


class SocketTicket(BaseModel):
    """A right to open one socket for a session, within seconds of being asked for."""

    session = models.ForeignKey("accounts.Session", on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects: ClassVar = models.Manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="ticket_expires")]

    def __str__(self) -> str:
        return str(self.id)
