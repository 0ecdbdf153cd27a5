"""Words and moves of an invitation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import BY_MANAGERS, MemberRole


class Status(models.TextChoices):
    PENDING = "pending", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")


# An expired one waits again when it is sent again.
MOVES: dict[str, tuple[str, ...]] = {
    Status.PENDING: (Status.ACCEPTED, Status.REVOKED, Status.EXPIRED),
    Status.EXPIRED: (Status.PENDING,),
    Status.ACCEPTED: (),
    Status.REVOKED: (),
}


class Outcome(models.TextChoices):
    """What became of one address of many."""

    CREATED = "created", _("Invited")
    DUPLICATE = "duplicate", _("In the list already")
    INVALID = "invalid", _("Not an e-mail address")
    ALREADY_MEMBER = "already_member", _("Already a member")
    ALREADY_INVITED = "already_invited", _("Already invited")


# Whom a manager brings in, each into a department that the manager is placed in.
OFFERED_BY_MANAGERS = BY_MANAGERS

# Who can do nothing without a place in a department.
PLACED = (MemberRole.AGENT, MemberRole.MANAGER)
