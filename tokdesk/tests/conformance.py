"""Every operation of the OpenAPI document tried over HTTP as one role: a program of its own.

It prints one JSON object, the fields of `Figures`. The document is the only list of operations
here. It needs the server's environment, as it gives itself access tokens through the database.
"""

import argparse
import itertools
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import django
import schemathesis
from django.db.models import Model
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData

django.setup()

from accounts.models import Membership, User  # noqa: E402 - models need the line above
from accounts.tests.factories import access_of  # noqa: E402
from tokdesk.common.api.idempotency import HEADER, KEY_FORM  # noqa: E402

ADDRESSES = {
    "agent": "agent@acme.example",
    "company_admin": "admin@acme.example",
    "super_admin": "super@tokdesk.example",
}
# An access token lives for 300 seconds.
SECONDS_OF_A_TOKEN = 200
NUMBERS = itertools.count()
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# Walks along the links between operations, each of a few steps.
SCENARIOS = {"database": "none", "max-examples": 15, "no-shrink": True}
# What a schema can say. Input that fits it is never refused for these; for other reasons it may
# be: an id that nobody has, a password that is too common, a control character in a name.
SAYABLE = {
    *("unknown_field", "unknown_parameter", "required", "null", "invalid_choice", "not_a_list"),
    *("not_a_dict", "min_value", "max_value", "min_length", "invalid_idempotency_key"),
}

# What is needed of some people, for some kinds, or beside another field alone; no schema says so.
DEPENDENT = {
    "POST /api/v1/conversations/": {"client_id", "customer", "department", "participants"},
    "POST /api/v1/conversations/{id}/messages/": {"body"},
    "POST /api/v1/conversations/{id}/snooze/": {"until"},
}


@dataclass
class Figures:
    role: str
    seed: int
    operations: int = 0
    cases: int = 0
    # operation -> status -> how often.
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    checks: Counter[str] = field(default_factory=Counter)
    # How many links from one operation to another could be followed.
    links: int = 0
    # One of each kind.
    failures: dict[str, str] = field(default_factory=dict)


class Credential:
    """Access tokens of one person, who is put back each time: a case may have ended the session,
    taken the role away or suspended the company.
    """

    def __init__(self, role: str) -> None:
        self.who = person(role)
        member = isinstance(self.who, Membership)
        rows = [self.who, self.who.user, self.who.company] if member else [self.who]
        self.rows = [(row, values_of(row)) for row in rows]

    def get(self, case: Any, context: Any) -> str:
        for row, values in self.rows:
            type(row)._base_manager.filter(pk=row.pk).update(**values)
        return access_of(self.who)

    def set(self, case: Any, token: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


def person(role: str) -> Membership | User:
    if role == "super_admin":
        return User.objects.get(email=ADDRESSES[role])
    people = Membership.unscoped.select_related("user", "company")
    return people.get(email=ADDRESSES[role])


def values_of(row: Model) -> dict[str, Any]:
    fields = [one for one in row._meta.concrete_fields if not one.primary_key]
    return {one.name: getattr(row, one.name) for one in fields if not one.is_relation}


def document(
    url: str, credential: Credential | None, seed: int, phases: set[str], examples: int = 1
) -> Any:
    """The schema as schemathesis reads it, with everything that makes a run repeatable."""
    switched = {name: {"enabled": name in phases} for name in PHASES}
    settings = {
        "seed": seed,
        "continue-on-failure": True,
        "request-timeout": 30,
        "warnings": False,
        "generation": {"database": "none", "max-examples": examples, "no-shrink": True},
        "phases": {**switched, "stateful": {**switched["stateful"], "generation": SCENARIOS}},
        # What a failure shows is to be sent again as it is; the tokens die with the run.
        "output": {"sanitization": {"enabled": False}},
    }
    config = schemathesis.Config.from_dict(settings)
    schema = schemathesis.openapi.from_url(f"{url}/api/schema/?format=json", config=config)
    if credential:
        # It takes a class and makes the object itself; ours must outlive the pass.
        kind = type("Provider", (), {"get": credential.get, "set": credential.set})
        schema.auth(refresh_interval=SECONDS_OF_A_TOKEN)(kind)
    return schema


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A valid key is made new, or all bodies behind the first are refused before they are read."""
    key = (case.headers or {}).get(HEADER)
    if isinstance(key, str) and KEY_FORM.match(key):
        case.headers[HEADER] = f"{key[:100]}-{next(NUMBERS)}"


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    if not isinstance(failure, RejectedPositiveData):
        return True
    spared = DEPENDENT.get(case.operation.label, set())
    return not SAYABLE.isdisjoint(codes_of(response.json(), spared))


def codes_of(problem: dict[str, Any], spared: set[str]) -> Iterator[str]:
    """Of the whole, and of each field but those."""
    yield problem["code"]
    for name, faults in problem.get("errors", {}).items():
        if name not in spared:
            yield from (fault["code"] for fault in faults)


def try_all(figures: Figures, schema: Any) -> None:
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            take(figures, event.recorder)
        elif isinstance(event, events.PhaseStarted) and event.payload:
            figures.links = max(figures.links, event.payload.transitions_selected)
        elif isinstance(event, events.NonFatalError):
            figures.failures[event.label] = str(event.value)
        elif isinstance(event, events.FatalError):
            raise event.exception


def take(figures: Figures, recorder: Any) -> None:
    for case_id, one in recorder.interactions.items():
        if one.response is not None:
            label = recorder.cases[case_id].value.operation.label
            figures.cases += 1
            figures.statuses[label][one.response.status_code] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            figures.checks[check.name] += 1
            if check.failure_info is not None:
                failure = check.failure_info.failure
                kind = f"{check.name}, {failure.operation}: {failure.title}"
                answer = recorder.interactions[case_id].response
                figures.failures.setdefault(kind, told(check.failure_info, answer))


def told(info: Any, answer: Any) -> str:
    request = re.sub(r"Bearer [\w.-]+", "Bearer $TOKEN", info.code_sample)
    said = answer.content[:500].decode(errors="replace") if answer else "no answer"
    return f"{info.failure.message[:400]}\n{request[:2000]}\n{said}"


def run(url: str, role: str, cases: int, seed: int, boundaries: bool) -> Figures:
    """Everything once, boundary values where they are read, then random cases up to the number."""
    figures = Figures(role, seed)
    credential = None if role == "anonymous" else Credential(role)
    everything = document(url, credential, seed, {"fuzzing", "stateful"})
    figures.operations = everything.statistic.operations.total
    try_all(figures, everything)

    def is_read(context: Any) -> bool:
        """Whoever is refused at the door is refused whatever the input."""
        seen = figures.statuses[context.operation.label]
        return asks_nobody(context) or not seen.keys() <= {401, 403}

    def is_read_as_this_role(context: Any) -> bool:
        return is_read(context) and (credential is None or not asks_nobody(context))

    if boundaries:
        edges = document(url, credential, seed, {"coverage"})
        try_all(figures, edges.include(is_read_as_this_role))
    while figures.cases < cases and not figures.failures:
        seed += 1
        examples = (cases - figures.cases) // figures.operations + 1
        more = document(url, credential, seed, {"fuzzing"}, examples)
        try_all(figures, more.include(is_read))
    return figures


def asks_nobody(context: Any) -> bool:
    return context.operation.definition.raw["security"] == []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--role", required=True)
    parser.add_argument("--cases", required=True, type=int)
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument("--no-boundaries", dest="boundaries", action="store_false")
    json.dump(vars(run(**vars(parser.parse_args()))), sys.stdout)


if __name__ == "__main__":
    main()
