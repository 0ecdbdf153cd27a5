"""The words by which conversations are found, written where the conversations are."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import Membership
from conversations.choices import SearchPart
from conversations.models import Conversation, Message, SearchEntry
from conversations.search.text import index_text, joined_digits
from tokdesk.common.db import transactional
from tokdesk.common.models.event import Audience
from tokdesk.common.tenancy import company_scope


def index_conversation(conversation: Conversation) -> None:
    """A new conversation, without its messages."""
    SearchEntry.objects.bulk_create(own_entries(conversation))


def index_subject(conversation: Conversation, subject: str) -> None:
    entries = SearchEntry.objects.of_conversation(conversation).of_part(SearchPart.SUBJECT)
    entries.update(text=subject_text(conversation, subject))


def index_message(message: Message, words: str) -> None:
    """A new message; its words are folded before the transaction (see `text_of`)."""
    message_entry(message, words).save(force_insert=True)


def reindex_message(message: Message, words: str) -> None:
    SearchEntry.objects.of_message(message).update(text=words)


def forget_message(message: Message) -> None:
    SearchEntry.objects.of_message(message).delete()


def forget_conversation(conversation: Conversation) -> None:
    SearchEntry.objects.of_conversation(conversation).delete()


@transactional
def reindex_customer(*, company_id: UUID, customer_id: UUID) -> None:
    """The customer has another name or other contact data. Asks for no right."""
    with company_scope(company_id):
        # Locked, so that a rebuild that is under way ends first.
        own = Conversation.objects.locked().filter(customer_id=customer_id)
        list(own.only("pk").order_by("pk"))
        customer: Membership | None = Membership.objects.filter(pk=customer_id).first()
        if customer is None:
            return
        entries = SearchEntry.objects.of_customer(customer)
        entries.of_part(SearchPart.NAME).update(text=index_text(customer.name))
        entries.of_part(SearchPart.CONTACT).update(text=contact_text(customer))


def own_entries(conversation: Conversation) -> Iterable[SearchEntry]:
    """What a conversation is found by beside its messages."""
    subject = subject_text(conversation, conversation.subject)
    yield _own(conversation, SearchPart.SUBJECT, Audience.ALL, subject)
    customer = conversation.customer
    if customer is not None:
        name, contact = index_text(customer.name), contact_text(customer)
        yield _own(conversation, SearchPart.NAME, Audience.ALL, name)
        yield _own(conversation, SearchPart.CONTACT, Audience.STAFF, contact)


def message_entry(message: Message, words: str) -> SearchEntry:
    return SearchEntry(
        company_id=message.company_id,
        conversation_id=message.conversation_id,
        message=message,
        part=SearchPart.MESSAGE,
        audience=Audience.STAFF if message.is_note else Audience.ALL,
        text=words,
    )


def subject_text(conversation: Conversation, subject: str) -> str:
    """The number is a word of it, so that #1042 is found like any other."""
    return index_text(str(conversation.number or ""), subject)


def contact_text(customer: Membership) -> str:
    return index_text(customer.email, customer.phone, joined_digits(customer.phone))


def _own(
    conversation: Conversation, part: SearchPart, audience: Audience, text: str
) -> SearchEntry:
    return SearchEntry(
        company_id=conversation.company_id,
        conversation=conversation,
        part=part,
        audience=audience,
        text=text,
    )
