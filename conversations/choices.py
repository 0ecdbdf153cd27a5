"""The fixed words of conversations, and which status may follow which."""

from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a conversation is; all but the first are rooms, where the company talks to itself."""

    CUSTOMER = "customer", _("Customer")
    DIRECT = "direct", _("Direct")
    GROUP = "group", _("Group")
    DEPARTMENT = "department", _("Department")
    COMPANY = "company", _("Company")


ROOMS = (Kind.DIRECT, Kind.GROUP, Kind.DEPARTMENT, Kind.COMPANY)


class Status(models.TextChoices):
    """Where a customer's conversation stands; pending waits for the customer."""

    OPEN = "open", _("Open")
    PENDING = "pending", _("Pending")
    ON_HOLD = "on_hold", _("On hold")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


class Channel(models.TextChoices):
    WIDGET = "widget", _("Website")
    PORTAL = "portal", _("Portal")
    EMAIL = "email", _("E-mail")
    API = "api", _("API")
    INTERNAL = "internal", _("Internal")


class Priority(models.IntegerChoices):
    """Stored as numbers, so that a list is ordered by meaning; their names are what travels."""

    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Public")
    NOTE = "note", _("Note")


class ParticipantKind(models.TextChoices):
    """As what somebody is in it; a reader is in it only by having looked."""

    CUSTOMER = "customer", _("Customer")
    CC = "cc", _("Copied")
    AGENT = "agent", _("Agent")
    MEMBER = "member", _("Member")
    READER = "reader", _("Reader")


class Delivery(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    FAILED = "failed", _("Failed")


class Scan(models.TextChoices):
    """What the virus scanner says of a file; without a scanner every file is clean."""

    PENDING = "pending", _("Waits for the scan")
    CLEAN = "clean", _("Clean")
    BLOCKED = "blocked", _("Blocked")


class AttributeKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")
    LIST = "list", _("One of a list")


class BulkAction(models.TextChoices):
    """What can be done to many conversations at once."""

    ASSIGN = "assign", _("Assign")
    STATUS = "status", _("Status")
    PRIORITY = "priority", _("Priority")
    DEPARTMENT = "department", _("Department")
    TAG = "tag", _("Tag")
    UNTAG = "untag", _("Take tags away")
    SNOOZE = "snooze", _("Snooze")
    ARCHIVE = "archive", _("Archive")
    UNARCHIVE = "unarchive", _("Unarchive")
    READ = "read", _("Mark as read")


class SearchPart(models.TextChoices):
    """What a search entry holds words of; a contact is what staff alone know of a customer."""

    MESSAGE = "message", _("Message")
    SUBJECT = "subject", _("Subject")
    NAME = "name", _("Name")
    CONTACT = "contact", _("Contact data")


class BulkState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")


# A time that never comes: stored where there is none, so that every engine can order by it.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)

# These make a conversation visible; whoever only reads or follows sees it by department.
INVITED = (
    ParticipantKind.CUSTOMER,
    ParticipantKind.CC,
    ParticipantKind.AGENT,
    ParticipantKind.MEMBER,
)
# What a customer is; who was staff keeps no other seat.
CUSTOMERS = (ParticipantKind.CUSTOMER, ParticipantKind.CC)

ACTIVE = (Status.OPEN, Status.PENDING, Status.ON_HOLD)

MOVES: dict[str, tuple[Status, ...]] = {
    Status.OPEN: (Status.PENDING, Status.ON_HOLD, Status.RESOLVED),
    Status.PENDING: (Status.OPEN, Status.ON_HOLD, Status.RESOLVED),
    Status.ON_HOLD: (Status.OPEN, Status.PENDING, Status.RESOLVED),
    Status.RESOLVED: (Status.OPEN,),
    Status.CLOSED: (),
}
# A customer says that it is done, or that it is not.
CUSTOMER_MOVES: dict[str, tuple[Status, ...]] = {
    Status.OPEN: (Status.RESOLVED,),
    Status.PENDING: (Status.RESOLVED,),
    Status.ON_HOLD: (Status.RESOLVED,),
    Status.RESOLVED: (Status.OPEN,),
    Status.CLOSED: (),
}
# Closing is the desk's own, some days after a conversation was resolved.
SYSTEM_MOVES = {**MOVES, Status.RESOLVED: (Status.OPEN, Status.CLOSED)}
PRIORITIES = {priority.name.lower(): priority for priority in Priority}
