"""Platform staff see that people wrote something, never what."""

import pytest

from accounts.models import User
from conftest import World, client_of
from conversations.tests.factories import make_conversation, say
from tokdesk.common.models import Event
from tokdesk.tests.staffsite import browser_of, page_of

pytestmark = [pytest.mark.django_db]
SECRET = "umbrella-protocol"


def test_no_page_of_the_staff_site_shows_what_people_wrote(acme: World, staff: User) -> None:
    conversation = make_conversation(acme.customer, f"First {SECRET}", subject=SECRET)
    say(acme.agent, conversation, SECRET)
    client_of(acme.agent).patch(
        f"conversations/{conversation.pk}/", {"subject": f"{SECRET}!", "tags": [SECRET]}
    )
    client = browser_of(staff)
    pages = [page_of(conversation), *map(page_of, Event.objects.all())]

    texts = [client.get(page).content.decode() for page in pages]

    assert [SECRET in text for text in texts] == [False] * len(pages)
    assert sum("•••" in text for text in texts) == 2
