"""The clock tells SQLite how much it holds, so that it finds rows by what is rare in them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import World
from conversations.models import Message
from conversations.tests.factories import make_conversation
from tokdesk.common.tenancy import company_scope
from tokdesk.db.statistics import count_rows

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


def test_messages_are_found_by_their_keys_and_not_by_their_company(acme: World) -> None:
    with company_scope(acme.company.pk):
        talk = make_conversation(acme.customer, "Hello")
        made = Message.objects.bulk_create(
            Message(
                company=acme.company,
                conversation=talk,
                seq=number,
                public_seq=number,
                position=number,
                public_position=number,
                body="Hello",
                body_html="<p>Hello</p>",
            )
            for number in range(10, 600)
        )
        rows = Message.objects.filter(pk__in=[each.pk for each in made[:30]]).order_by()
        before = rows.explain() if connection.vendor == "sqlite" else ""

        with CaptureQueriesContext(connection) as asked:
            count_rows()

        if connection.vendor == "sqlite":
            assert "company_id=?" in before
            assert "(id=?)" in rows.explain()
        else:
            assert len(asked) == 0
