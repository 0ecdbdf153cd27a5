"""What comes in about conversations: shapes and limits, nothing about rights."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Membership
from conversations.choices import (
    PRIORITIES,
    AttributeKind,
    Kind,
    ParticipantKind,
    Status,
    Visibility,
)
from conversations.models import Conversation, Message
from conversations.models.attachment import MOST_ATTACHMENTS
from conversations.models.attribute import LONGEST_KEY
from conversations.models.conversation import LONGEST_SUBJECT
from conversations.models.message import LONGEST_BODY
from conversations.models.tag import LONGEST_TAG, MOST_TAGS
from conversations.services.attributes import MOST_FAULTS, answer_fault
from departments.models import Department
from tokdesk.common.actor import Actor
from tokdesk.common.api.fields import (
    LineField,
    NameField,
    StrictBooleanField,
    StrictIntegerField,
    StrictUUIDField,
    TextField,
    VisibleField,
)
from tokdesk.common.api.filters import WrongValue, read_time
from tokdesk.common.api.serializers import StrictSerializer

MOST_PARTICIPANTS = 100
LARGEST_SEQ = 2**53
MOST_ANSWERS = 200
# As people are told which form is meant.
MOMENT_FORM = "YYYY-MM-DDThh:mm[:ss[.uuuuuu]](+HH:MM|-HH:MM|Z)"


def visible_people(actor: Actor) -> QuerySet[Any]:
    return Membership.objects.visible_to(actor)


def visible_departments(actor: Actor) -> QuerySet[Any]:
    return Department.objects.visible_to(actor)


def visible_conversations(actor: Actor) -> QuerySet[Any]:
    return Conversation.objects.visible_to(actor)


def visible_messages(actor: Actor) -> QuerySet[Any]:
    return Message.objects.visible_to(actor)


class SeqField(StrictIntegerField):
    """A position in a log."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST_SEQ, **options})


class VersionField(StrictIntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "min_value": 1, "max_value": 2**31 - 1, **options})


class TagsField(serializers.ListField):
    child = NameField(max_length=LONGEST_TAG)

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MOST_TAGS, **options})


class PriorityField(serializers.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list(PRIORITIES), **options)


class VisibilityField(serializers.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(choices=Visibility.choices, **options)


class PeopleField(serializers.ListField):
    """Ids of people; validated data holds their rows, each once."""

    default_error_messages = {"does_not_exist": _("There is no such object.")}
    child = StrictUUIDField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MOST_PARTICIPANTS, **options})

    def to_internal_value(self, data: Any) -> Any:
        ids = set(super().to_internal_value(data))
        rows = list(visible_people(self.context["actor"]).filter(pk__in=ids)) if ids else []
        if len(rows) != len(ids):
            self.fail("does_not_exist")
        return rows


class BodyField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_BODY, **options})


class UploadsField(serializers.ListField):
    """Ids of uploads that wait for a message."""

    child = StrictUUIDField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": MOST_ATTACHMENTS, **options})


class MomentField(serializers.DateTimeField):
    """A moment, read as filters of lists read one."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return read_time(data if isinstance(data, str) else "")
        except WrongValue:
            self.fail("invalid", format=MOMENT_FORM)


@extend_schema_field(
    {"type": "object", "maxProperties": MOST_ANSWERS, "additionalProperties": {}},
)
class AnswersField(serializers.DictField):
    """Answers by the keys of attributes, texts read as other lines are.

    Which answers fit their questions the service knows; it names what is wrong in the same way.
    """

    default_error_messages = {
        "max_length": serializers.ListField.default_error_messages["max_length"],
    }
    line = LineField(allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and len(data) > MOST_ANSWERS:
            self.fail("max_length", max_length=MOST_ANSWERS)
        return super().to_internal_value(data)

    def run_child_validation(self, data: Any) -> Any:
        read, wrong = {}, []
        for key, value in data.items():
            try:
                read[key] = self.line.run_validation(value) if isinstance(value, str) else value
            except serializers.ValidationError:
                wrong.append(key)
        if wrong:
            faults = [answer_fault(key).detail for key in wrong[:MOST_FAULTS]]
            raise serializers.ValidationError(faults, code="invalid")
        return read


class FirstMessageInput(StrictSerializer):
    body = BodyField()
    visibility = VisibilityField(required=False)
    attachments = UploadsField()


class NewConversation(StrictSerializer):
    client_id = StrictUUIDField(required=False)
    kind = serializers.ChoiceField(Kind.choices, required=False)
    subject = LineField(max_length=LONGEST_SUBJECT, required=False, allow_blank=True)
    department = VisibleField(visible_departments, required=False)
    customer = VisibleField(visible_people, required=False)
    priority = PriorityField(required=False)
    tags = TagsField(required=False)
    participants = PeopleField(required=False)
    follow_up_of = VisibleField(visible_conversations, required=False)
    message = FirstMessageInput(required=False)

    def validate(self, attrs: Any) -> Any:
        if "message" in attrs and "client_id" not in attrs:
            detail = _("A first message needs an id of yours, so that it is sent once.")
            raise serializers.ValidationError({"client_id": detail}, code="required")
        return attrs


class ConversationPatch(StrictSerializer):
    subject = LineField(max_length=LONGEST_SUBJECT, required=False, allow_blank=True)
    priority = PriorityField(required=False)
    tags = TagsField(required=False)
    attributes = AnswersField(required=False)
    department = VisibleField(visible_departments, required=False)
    version = VersionField()


class Assignment(StrictSerializer):
    assignee = VisibleField(visible_people, allow_null=True)
    version = VersionField()


class StatusMove(StrictSerializer):
    status = serializers.ChoiceField(Status.choices)
    version = VersionField()


class Snooze(StrictSerializer):
    until = MomentField(allow_null=True, required=False)
    until_reply = StrictBooleanField(required=False)

    def validate(self, attrs: Any) -> Any:
        if "until" not in attrs and not attrs.get("until_reply"):
            raise serializers.ValidationError({"until": _("Say until when.")}, code="required")
        return attrs


class Merge(StrictSerializer):
    into = VisibleField(visible_conversations)


class NewMessage(StrictSerializer):
    client_id = StrictUUIDField()
    body = BodyField(required=False, allow_blank=True, default="")
    visibility = VisibilityField(required=False)
    reply_to = VisibleField(visible_messages, required=False, allow_null=True)
    seen_seq = SeqField(required=False, allow_null=True)
    attachments = UploadsField()

    def validate(self, attrs: Any) -> Any:
        """A file says enough by itself."""
        if not attrs["body"] and not attrs.get("attachments"):
            code = "blank" if "body" in self.initial_data else "required"
            fault = serializers.CharField.default_error_messages["blank"]
            raise serializers.ValidationError({"body": fault}, code=code)
        return attrs


class MessagePatch(StrictSerializer):
    """The whole text anew."""

    body = BodyField()

    # Other PATCHes may leave fields out. This one has no second field, so a body without it asks
    # for nothing; saying it here tells both whoever reads a request and the schema.
    @property
    def partial(self) -> bool:
        return False

    @partial.setter
    def partial(self, _asked: bool) -> None:
        pass


class Position(StrictSerializer):
    seq = SeqField()


class DraftInput(StrictSerializer):
    body = TextField(max_length=LONGEST_BODY, allow_blank=True, trim_whitespace=False)
    attachments = UploadsField()
    version = StrictIntegerField(required=False, min_value=0, max_value=2**31 - 1)


class NewParticipant(StrictSerializer):
    member = VisibleField(visible_people)
    kind = serializers.ChoiceField(
        [
            choice
            for choice in ParticipantKind.choices
            if choice[0] not in (ParticipantKind.CUSTOMER, ParticipantKind.READER)
        ],
        required=False,
    )


class TagInput(StrictSerializer):
    name = NameField(max_length=LONGEST_TAG)
    colour = serializers.RegexField(r"^#[0-9a-fA-F]{6}\Z", required=False, allow_blank=True)


class TagPatch(TagInput):
    name = NameField(max_length=LONGEST_TAG, required=False)
    version = VersionField()


class AttributeInput(StrictSerializer):
    key = serializers.RegexField(rf"^[a-z][a-z0-9_]{{0,{LONGEST_KEY - 1}}}\Z")
    label = LineField(max_length=120)  # type: ignore[assignment]  # also the name of an option
    kind = serializers.ChoiceField(AttributeKind.choices)
    options = serializers.ListField(child=LineField(max_length=120), required=False, max_length=100)


class AttributePatch(StrictSerializer):
    label = LineField(max_length=120, required=False)  # type: ignore[assignment]  # as above
    options = serializers.ListField(child=LineField(max_length=120), required=False, max_length=100)
    version = VersionField()
