"""POST conversations/: a customer's, with everything it may begin with."""

from typing import Any
from uuid import uuid4

import pytest

from conftest import World, client_of
from conversations.models import Conversation, Message, Participant
from conversations.tests.factories import make_conversation
from departments.models import Department
from tokdesk.common.ids import new_id
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

DENIED = (403, "permission_denied")


def kinds_in(conversation_id: str) -> dict[str, str]:
    rows = Participant.unscoped.filter(conversation_id=conversation_id)
    return {row.member.name: row.kind for row in rows.select_related("member")}


def test_a_customer_opens_one_and_is_waiting(acme: World) -> None:
    client = client_of(acme.customer)
    body = {"client_id": str(uuid4()), "subject": "Late", "message": {"body": "Where **is** it?"}}

    with recorded_events() as events:
        answer = client.post("conversations/", body)

    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "id": made["id"],
        "number": 1,
        "kind": "customer",
        "subject": "Late",
        "status": "open",
        "channel": "api",
        "customer": {
            "id": str(acme.customer.id),
            "name": "Customer",
            "role": "user",
            "avatar": None,
        },
        "unread": 0,
        "marked_unread": False,
        "archived": False,
        "created_at": made["created_at"],
        "version": 2,
        "preview": "Where is it?",
        "last_activity_at": made["last_activity_at"],
        "last_seq": 2,
        "merged_into": None,
        "follow_up_of": None,
        "following": True,
        "muted": False,
        "resolved_at": None,
        "closed_at": None,
    }
    assert answer.headers["ETag"] == '"2"'
    assert events == ["conversation.created", "message.created"]
    assert kinds_in(made["id"]) == {"Customer": "customer"}
    assert client.get(f"conversations/{made['id']}/").json() == made


def test_staff_see_of_it_what_the_customer_does_not(acme: World) -> None:
    made = make_conversation(acme.customer, "Hello")

    seen = client_of(acme.agent).get(f"conversations/{made.pk}/").json()

    assert seen["department"] == {"id": str(acme.support.id), "name": "Support"}
    assert (seen["assignee"], seen["tags"], seen["priority"]) == (None, [], "normal")
    assert seen["waiting_since"] == seen["last_activity_at"]
    assert (seen["snoozed_until"], seen["attributes"], seen["unread"]) == (None, {}, 1)


def test_nothing_at_all_is_enough_for_a_customer(acme: World) -> None:
    made = client_of(acme.customer).post("conversations/", {})

    assert made.status_code == 201
    assert (made.json()["subject"], made.json()["preview"], made.json()["last_seq"]) == ("", "", 1)


def test_staff_say_which_customer_it_is_about(acme: World) -> None:
    client = client_of(acme.agent)
    body = {
        "client_id": str(uuid4()),
        "customer": str(acme.customer.id),
        "priority": "high",
        "tags": ["vip", "Billing", "VIP"],
        "message": {"body": "We saw a fault."},
    }

    made = client.post("conversations/", body)

    assert made.status_code == 201
    row = made.json()
    assert (row["priority"], row["tags"]) == ("high", ["Billing", "VIP"])
    assert (row["waiting_since"], row["assignee"]) == (None, None)
    assert kinds_in(row["id"]) == {"Customer": "customer", "Agent": "agent"}


def test_staff_must_say_which_customer_it_is_about(acme: World) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.post("conversations/", {})

    assert (outcome(answer), faults(answer)) == ((400, "invalid"), {"customer": ["required"]})


def test_staff_are_nobodys_customers(acme: World) -> None:
    body = {"customer": str(acme.agent2.id)}

    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.post("conversations/", body)

    assert faults(answer) == {"customer": ["invalid"]}


def test_a_first_note_of_staff_leaves_no_trace_for_the_customer(acme: World) -> None:
    body = {
        "client_id": str(uuid4()),
        "customer": str(acme.customer.id),
        "message": {"body": "Called us.", "visibility": "note"},
    }

    made = client_of(acme.agent).post("conversations/", body).json()

    assert (made["preview"], made["last_seq"]) == ("Called us.", 2)
    seen = client_of(acme.customer).get(f"conversations/{made['id']}/").json()
    assert (seen["preview"], seen["last_seq"], seen["unread"]) == ("", 1, 0)


@pytest.mark.parametrize("who", ["customer", "agent", "manager", "admin"])
def test_it_goes_to_the_default_department(acme: World, who: str) -> None:
    person = getattr(acme, who)
    body = {} if who == "customer" else {"customer": str(acme.customer.id)}

    made = client_of(person).post("conversations/", body).json()

    assert Conversation.unscoped.get(pk=made["id"]).department_id == acme.support.id


def test_an_agent_outside_of_the_default_department_opens_in_the_own(acme: World) -> None:
    body = {"customer": str(acme.customer.id)}

    made = client_of(acme.agent2).post("conversations/", body)

    assert made.status_code == 201
    assert made.json()["department"]["name"] == "Billing"


def test_an_agent_opens_for_another_department_and_keeps_it_in_sight(acme: World) -> None:
    client = client_of(acme.agent)
    body = {"customer": str(acme.customer.id), "department": str(acme.billing.id)}

    made = client.post("conversations/", body)

    assert made.json()["department"]["name"] == "Billing"
    assert client.get(f"conversations/{made.json()['id']}/").status_code == 200


def test_without_a_default_department_a_customer_must_name_one(acme: World) -> None:
    Department.unscoped.update(is_default=False)
    client = client_of(acme.customer)

    refused = client.post("conversations/", {})
    made = client.post("conversations/", {"department": str(acme.billing.id)})

    assert faults(refused) == {"department": ["required"]}
    assert made.status_code == 201


def test_people_come_in_as_what_they_are(acme: World) -> None:
    body = {
        "customer": str(acme.customer.id),
        "participants": [str(acme.agent2.id), str(acme.customer.id), str(acme.agent2.id)],
    }

    made = client_of(acme.agent).post("conversations/", body).json()

    assert kinds_in(made["id"]) == {"Customer": "customer", "Agent": "agent", "Agent2": "agent"}


def test_a_follow_up_names_what_it_follows(acme: World) -> None:
    first = make_conversation(acme.customer, "Hello")

    made = client_of(acme.customer).post("conversations/", {"follow_up_of": str(first.pk)}).json()

    assert (made["follow_up_of"], made["number"]) == (str(first.pk), 2)


def test_a_follow_up_is_about_the_same_customer(acme: World) -> None:
    first = make_conversation(acme.customer, "Hello")
    other = client_of(acme.agent).post("customers/", {"name": "Carla"}).json()["id"]

    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.post("conversations/", {"customer": other, "follow_up_of": str(first.pk)})

    assert faults(answer) == {"follow_up_of": ["invalid"]}


@pytest.mark.parametrize(
    "body",
    [
        {"priority": "urgent"},
        {"tags": ["vip"]},
        {"client_id": str(uuid4()), "message": {"body": "x", "visibility": "note"}},
        {"kind": "direct"},
        {"kind": "group"},
        {"kind": "department"},
        {"kind": "company"},
    ],
)
def test_what_is_for_staff_is_refused_to_customers(acme: World, body: Any) -> None:
    client = client_of(acme.customer)

    with nothing_changes():
        answer = client.post("conversations/", body)

    assert outcome(answer) == DENIED


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"message": {"body": "Hi"}}, "client_id", "required"),
        ({"client_id": "x"}, "client_id", "invalid"),
        ({"client_id": "{" + str(uuid4()) + "}"}, "client_id", "invalid"),
        ({"client_id": str(uuid4()), "message": {"body": "  \n"}}, "message.body", "blank"),
        ({"client_id": str(uuid4()), "message": {}}, "message.body", "required"),
        ({"subject": "x" * 201}, "subject", "max_length"),
        ({"subject": "a\nb"}, "subject", "invalid"),
        ({"kind": "ticket"}, "kind", "invalid_choice"),
        ({"priority": "1"}, "priority", "invalid_choice"),
        ({"tags": ["x" * 41]}, "tags", "max_length"),
        ({"tags": [f"t{n}" for n in range(21)]}, "tags", "max_length"),
        ({"tags": [""]}, "tags", "blank"),
        ({"participants": [str(uuid4())]}, "participants", "does_not_exist"),
    ],
)
def test_a_wrong_value_is_named(acme: World, body: Any, field: str, code: str) -> None:
    whole = {"customer": str(acme.customer.id), **body}

    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.post("conversations/", whole)

    assert outcome(answer) == (400, "invalid")
    assert {name.split(".0")[0]: codes for name, codes in faults(answer).items()} == {field: [code]}


@pytest.mark.parametrize("field", ["company", "seq", "number", "status", "assignee", "channel"])
def test_what_is_not_the_senders_is_an_unknown_field(acme: World, field: str) -> None:
    client = client_of(acme.customer)

    with nothing_changes():
        answer = client.post("conversations/", {field: "open"})

    assert (outcome(answer)[1], faults(answer)) == ("unknown_field", {field: ["unknown_field"]})


@pytest.mark.parametrize("field", ["customer", "department", "follow_up_of", "participants"])
def test_a_foreign_id_is_told_like_an_unknown_one(acme: World, globex: World, field: str) -> None:
    theirs = {
        "customer": globex.customer.id,
        "department": globex.support.id,
        "follow_up_of": make_conversation(globex.customer, "x").pk,
        "participants": globex.agent.id,
    }[field]

    def body(value: Any) -> Any:
        told = [str(value)] if field == "participants" else str(value)
        return {"customer": str(acme.customer.id), field: told}

    client = client_of(acme.admin)
    with nothing_changes():
        answers = [client.post("conversations/", body(value)) for value in (theirs, new_id())]

    assert faults(answers[0]) == {field: ["does_not_exist"]}
    assert without_request_id(answers[0]) == without_request_id(answers[1])


def test_a_customer_names_no_other_customer(acme: World) -> None:
    other = client_of(acme.agent).post("customers/", {"name": "Carla"}).json()["id"]

    client = client_of(acme.customer)

    with nothing_changes():
        answer = client.post("conversations/", {"customer": other})

    assert faults(answer) == {"customer": ["does_not_exist"]}


def test_numbers_are_gapless_also_after_a_refusal(acme: World, globex: World) -> None:
    client = client_of(acme.agent)
    bodies = [
        {"customer": str(acme.customer.id)},
        {"customer": str(acme.agent2.id)},
        {"customer": str(acme.customer.id), "follow_up_of": str(new_id())},
        {"kind": "group", "participants": [str(acme.agent2.id)]},
        {"customer": str(acme.customer.id)},
    ]

    answers = [client.post("conversations/", body) for body in bodies]
    make_conversation(globex.customer, "x")

    assert [answer.status_code for answer in answers] == [201, 400, 400, 201, 201]
    assert [a.json()["number"] for a in answers if a.status_code == 201] == [1, None, 2]


def test_the_same_client_id_is_the_same_conversation(acme: World) -> None:
    client = client_of(acme.customer)
    body = {"client_id": str(uuid4()), "subject": "Late", "message": {"body": "Hello"}}

    first = client.post("conversations/", body)
    with nothing_changes():
        again = client.post("conversations/", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Message.unscoped.count() == 1


@pytest.mark.parametrize(
    "other", [{"subject": "Other"}, {"message": {"body": "Other"}}, {"message": {"body": "Hello "}}]
)
def test_other_content_under_the_same_client_id_is_a_conflict(acme: World, other: Any) -> None:
    client = client_of(acme.customer)
    body = {"client_id": str(uuid4()), "subject": "Late", "message": {"body": "Hello"}}
    client.post("conversations/", body)

    with nothing_changes():
        answer = client.post("conversations/", {**body, **other})

    same = other == {"message": {"body": "Hello "}}
    assert outcome(answer) == ((200, "") if same else (409, "client_id_reused"))


def test_a_client_id_is_its_authors_alone(acme: World, globex: World) -> None:
    client_id = str(uuid4())
    body = {"client_id": client_id, "customer": str(acme.customer.id)}

    answers = [
        client_of(acme.agent).post("conversations/", body),
        client_of(acme.admin).post("conversations/", body),
        client_of(globex.customer).post("conversations/", {"client_id": client_id}),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 3


def test_the_client_id_of_a_deleted_conversation_makes_no_other_one(acme: World) -> None:
    client = client_of(acme.admin)
    body = {"client_id": str(uuid4()), "customer": str(acme.customer.id)}
    made = client.post("conversations/", body).json()
    client.delete(f"conversations/{made['id']}/")

    with nothing_changes():
        again = client.post("conversations/", body)

    assert outcome(again) == (404, "not_found")
