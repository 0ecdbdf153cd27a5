"""Bring a world into the database: only what is missing, and nothing that is there is changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.contrib.auth.hashers import make_password

from accounts.models import Membership, User
from accounts.services.members import add_member
from companies.choices import Status
from companies.models import Company
from companies.services import (
    approve_company,
    bump_access,
    confirm_address,
    create_company,
    reject_company,
    suspend_company,
    update_company,
)
from departments.models import Department
from departments.services import add_department_member, create_department, make_general
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.tenancy import company_scope
from tokdesk.demo.people import PASSWORD, Firm, Person, Seat, Team, World
from tokdesk.demo.talks import Talk
from tokdesk.demo.telling import missing_talks, tell

T = TypeVar("T")
Tell = Callable[[str], None]

# More parameters than this in one query is too much for some engines.
CHUNK = 500


@dataclass(frozen=True)
class Missing:
    """What a world has and the database has not."""

    people: list[Person]
    firms: list[Firm]
    seats: dict[str, list[Seat]]
    # Companies that were opened before there were departments.
    generals: list[str]
    teams: dict[str, list[Team]]
    talks: dict[str, list[Talk]]

    def counts(self) -> dict[str, int]:
        return {
            "accounts": len(self.people),
            "companies": len(self.firms),
            "memberships": sum(map(len, self.seats.values())),
            "departments": len(self.generals) + sum(map(len, self.teams.values())),
            "conversations": sum(map(len, self.talks.values())),
        }


def missing_of(world: World) -> Missing:
    people, firms = world.everybody(), world.all_firms()
    known = users_by_email([person.email for person in people])
    companies = companies_by_slug(firms)
    seats = {firm.slug: missing_seats(firm, companies.get(firm.slug)) for firm in firms}
    return Missing(
        people=[person for person in people if person.email not in known],
        firms=[firm for firm in firms if firm.slug not in companies],
        seats=_some(seats),
        generals=[slug for slug, company in companies.items() if lacks_general(company)],
        teams=_some({firm.slug: missing_teams(firm, companies.get(firm.slug)) for firm in firms}),
        talks=_some(
            {
                firm.slug: missing_talks(companies.get(firm.slug), firm.slug, firm.talks)
                for firm in firms
            }
        ),
    )


def plant(*, actor: Actor, world: World, missing: Missing, say: Tell) -> None:
    """Each step is whole or not done, so a stopped run is finished by the next one."""
    if missing.people:
        say(f"{len(missing.people)} accounts")
        add_people(missing.people, make_password(PASSWORD))
    for firm in missing.firms:
        say(f"company {firm.slug}")
        open_firm(actor, firm)
    companies = companies_by_slug(world.all_firms())
    for firm in world.all_firms():
        company = companies[firm.slug]
        # Asked again, as a company that was just opened has its founders already.
        if seats := missing_seats(firm, company):
            say(f"{len(seats)} people into {firm.slug}")
            fill = seat_crowd if world.is_crowd(firm.slug) else seat_people
            fill(actor, company, seats)
    for slug in missing.generals:
        say(f"General of {slug}")
        make_general(actor=actor, company_id=companies[slug].id)
    for slug, teams in missing.teams.items():
        say(f"{len(teams)} departments of {slug}")
        open_teams(actor, companies[slug], teams)
    for slug, talks in missing.talks.items():
        say(f"{len(talks)} conversations of {slug}")
        tell(companies[slug], talks)


@transactional
def add_people(people: list[Person], hashed: str) -> None:
    """Straight into the table: the service would hash the one password of all again for each."""
    User.objects.bulk_create(
        User(
            email=person.email,
            name=person.name,
            password=hashed,
            language=person.language,
            time_zone=person.time_zone,
            is_super_admin=person.is_super_admin,
        )
        for person in people
    )


@transactional
def open_firm(actor: Actor, firm: Firm) -> None:
    company = create_company(
        actor=actor, name=firm.name, slug=firm.slug, email=firm.email, language=firm.language
    )
    looks = {"time_zone": firm.time_zone, "colour": firm.colour}
    update_company(actor=actor, company=company, changes=looks)
    confirm_address(actor=actor, company=company)
    seat_people(actor, company, firm.founders)
    if firm.status == Status.REJECTED:
        reject_company(actor=actor, company=company, reason=firm.reason)
    elif firm.status != Status.PENDING:
        approve_company(actor=actor, company=company)
    if firm.status == Status.SUSPENDED:
        suspend_company(actor=actor, company=company, reason=firm.reason)


@transactional
def seat_people(actor: Actor, company: Company, seats: Sequence[Seat]) -> None:
    users = users_by_email([seat.person.email for seat in seats])
    for seat in seats:
        add_member(actor=actor, company=company, user=users[seat.person.email], role=seat.role)


@transactional
def seat_crowd(actor: Actor, company: Company, seats: list[Seat]) -> None:
    """As `seat_people`, but without an event for each of hundreds."""
    users = users_by_email([seat.person.email for seat in seats])
    with company_scope(company.id):
        Membership.objects.bulk_create(
            Membership(
                company=company,
                user=users[seat.person.email],
                role=seat.role,
                name=seat.person.name,
                email=seat.person.email,
                language=seat.person.language,
            )
            for seat in seats
        )
        bump_access(company.id)


@transactional
def open_teams(actor: Actor, company: Company, teams: list[Team]) -> None:
    own = replace(actor, company_id=company.id)
    with company_scope(company.id):
        general = Department.objects.default().get()
        # What nobody has sorted is everybody's: whoever answers first takes it.
        for member in Membership.objects.active().staff().order_by("pk"):
            add_department_member(actor=own, department=general, member=member)
        for team in teams:
            emails = [email for email in (*team.people, team.head) if email]
            staff = Membership.objects.active().staff().filter(email__in=emails)
            open_team(own, team, {member.email: member for member in staff})


def open_team(actor: Actor, team: Team, staff: dict[str, Membership]) -> None:
    """Whom a developer has taken out of the company meanwhile is left out here too."""
    department = create_department(
        actor=actor, name=team.name, description=team.description, head=staff.get(team.head)
    )
    for email in team.people:
        if email in staff:
            add_department_member(actor=actor, department=department, member=staff[email])


def users_by_email(emails: list[str]) -> dict[str, User]:
    found: dict[str, User] = {}
    for chunk in chunks(emails):
        rows = User.objects.living().filter(email__in=chunk)
        found |= {user.email: user for user in rows}
    return found


def companies_by_slug(firms: list[Firm]) -> dict[str, Company]:
    rows = Company.objects.living().filter(slug__in=[firm.slug for firm in firms])
    return {company.slug: company for company in rows}


def missing_seats(firm: Firm, company: Company | None) -> list[Seat]:
    """Whom the company knows neither as an account nor by the contact address."""
    if company is None:
        return list(firm.seats)
    with company_scope(company.id):
        pairs = list(Membership.objects.values_list("user__email", "email"))
    known = {email for pair in pairs for email in pair}
    return [seat for seat in firm.seats if seat.person.email not in known]


def lacks_general(company: Company) -> bool:
    if company.status not in (Status.ACTIVE, Status.SUSPENDED):
        return False
    with company_scope(company.id):
        return not Department.objects.default().exists()


def missing_teams(firm: Firm, company: Company | None) -> list[Team]:
    if company is None:
        return list(firm.teams)
    with company_scope(company.id):
        return [team for team in firm.teams if not Department.objects.named(team.name).exists()]


def _some(lists: dict[str, list[T]]) -> dict[str, list[T]]:
    return {name: rows for name, rows in lists.items() if rows}


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
