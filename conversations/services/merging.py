"""Two conversations about one thing become one."""

from django.utils.translation import gettext_lazy as _

from conversations.choices import NEVER, ParticipantKind, Status
from conversations.events import ConversationMerged, ParticipantAdded
from conversations.models import Conversation, Participant
from conversations.services.log import Log, reread_both
from conversations.services.moves import attend, enter_status, moment
from conversations.services.refusals import field_fault, refuse_read_only, refuse_rooms
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.models.event import Audience
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope


@transactional
def merge(*, actor: Actor, conversation: Conversation, into: Conversation) -> Conversation:
    """Close a conversation in favour of another one, where it goes on.

    What was said stays where it was said, under the numbers that everybody has seen, and a link
    leads on. Who was copied on the source is copied on the target; a customer of the same company
    whose own conversation ends here is so too, where it is not the same person.

    Raises:
        Invalid: into itself, or a room. NotFound: what is deleted. Denied: `closed`, which what is
        merged already is too, `archived`, or a right is missing in one of the two.
    """
    with company_scope(conversation.company_id):
        if conversation.pk == into.pk:
            raise field_fault("into", "invalid", _("Choose another conversation."))
        source, target = reread_both(actor, conversation, into)
        for row in (source, target):
            refuse_rooms(row)
            authorize(actor, "conversation:merge", row)
            refuse_read_only(row)
        _note_in_target(actor, source, target)
        return _end_source(actor, source, target)


def _end_source(actor: Actor, source: Conversation, target: Conversation) -> Conversation:
    log = Log(actor, source)
    log.append(ConversationMerged(source.id, target.id, source.id), Audience.ALL)
    changes = enter_status(log, Status.CLOSED)
    return log.save({**changes, "merged_into": target})


def _note_in_target(actor: Actor, source: Conversation, target: Conversation) -> None:
    """A customer who waits in the source waits in the target from then on, which is open for it."""
    log = Log(actor, target)
    since = min(source.waiting_since, target.waiting_since)
    told = None if since == NEVER else moment(since)
    log.append(ConversationMerged(target.id, target.id, source.id, told), Audience.STAFF)
    changes = {} if source.waiting_since == NEVER else attend(log)
    _bring_people(log, source, target)
    log.save({**changes, "waiting_since": since})


def _bring_people(log: Log, source: Conversation, target: Conversation) -> None:
    """Customers of the source who are not in the target come along as copied."""
    kinds = (ParticipantKind.CUSTOMER, ParticipantKind.CC)
    known = set(
        Participant.objects.of_conversation(target).invited().values_list("member_id", flat=True)
    )
    rows = Participant.objects.of_conversation(source).filter(kind__in=kinds)
    for row in rows.order_by("created_at", "id"):
        if row.member_id in known:
            continue
        # Somebody who was let go before has a row that keeps what they have read.
        Participant.objects.update_or_create(
            conversation=target,
            member_id=row.member_id,
            defaults={"kind": ParticipantKind.CC, "is_following": True},
            create_defaults={
                "company_id": target.company_id,
                "kind": ParticipantKind.CC,
                "is_following": True,
            },
        )
        log.append(ParticipantAdded(target.id, row.member_id, ParticipantKind.CC), Audience.ALL)
