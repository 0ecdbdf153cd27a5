"""The smallest valid people, and a way to act as them."""

from dataclasses import replace
from uuid import UUID

from django.contrib.auth.hashers import make_password

from accounts.jwt import make_pair
from accounts.models import Membership, Session, User
from accounts.services.members import update_member
from accounts.services.sessions import start_session
from accounts.services.standing import member_actor
from companies.models import Company
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope

PASSWORD = "tokdesk-demo"
NOBODY = Actor(ActorKind.ANONYMOUS, ip="192.0.2.1", user_agent="test", request_id="test")


def make_user(email: str = "somebody@tokdesk.example", **fields: object) -> User:
    values = {"name": email.split("@")[0].title(), "password": make_password(PASSWORD), **fields}
    return User.objects.create(email=email, **values)


def make_member(
    company: Company, role: str = Role.AGENT, email: str = "", **fields: object
) -> Membership:
    """A person with an account in the company; `user=None` makes a contact without one."""
    email = email or f"{role}@{company.slug}.example"
    if "user" not in fields:
        fields["user"] = User.objects.by_email(email).first() or make_user(email)
    with company_scope(company.id):
        values = {"name": email.split("@")[0].title(), **fields}
        return Membership.objects.create(company=company, role=role, email=email, **values)


def sign_in_as(who: Membership | User) -> Session:
    """A live session of a member, or of platform staff when a user is given."""
    member = who if isinstance(who, Membership) else None
    user = who.user if isinstance(who, Membership) else who
    return start_session(actor=NOBODY, user=user, member=member)


def access_of(who: Membership | User) -> str:
    return make_pair(sign_in_as(who)).access


def actor_for(who: Membership | User, session_id: UUID | None = None) -> Actor:
    """The actor that a request of this person would get, without a session."""
    if isinstance(who, User):
        return Actor(ActorKind.PLATFORM, Role.SUPER_ADMIN, user_id=who.id, ip="192.0.2.1")
    return replace(member_actor(who), session_id=session_id, ip="192.0.2.1")


def change_role(*, actor: Actor, member: Membership, role: str) -> Membership:
    """The one change of a member that most tests need."""
    return update_member(actor=actor, member=member, changes={"role": role})
