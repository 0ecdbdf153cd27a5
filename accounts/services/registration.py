"""Coming in by a public form: a company with its first admin, or a customer of a company.

Nothing is made for a person before the address is proven by the mailed token, and an account that
exists already is never changed by a form; so known and unknown addresses get the same answer.
"""

from functools import cache, partial
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from accounts.choices import RegistrationKind
from accounts.doors import (
    company_sign_ups_of,
    memberships_of,
    other_registrations,
    registration_by_token_hash,
)
from accounts.events import RegistrationConfirmed, RegistrationRequested
from accounts.models import Membership, Registration, User
from accounts.services.credentials import WrongCredentials, hash_password, prove
from accounts.services.joining import (
    join_company,
    make_account,
    refuse_unfit,
    takes_customers,
)
from accounts.services.passwords import request_reset
from companies.choices import Status
from companies.models import Company
from companies.services import (
    confirm_address,
    create_company,
    delete_company,
    resubmit_company,
)
from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.db import run_in_transaction
from tokdesk.common.errors import Gone, NotFound
from tokdesk.common.events import publish
from tokdesk.common.ids import new_id
from tokdesk.common.limits import network_of, spend
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.tokens import mailed_token, token_hash

# Each costs a hash to look into; nobody honest has more waiting.
MOST_FORMS = 10


def sign_up_company(
    *,
    actor: Actor,
    name: str,
    slug: str,
    admin_name: str,
    admin_email: str,
    password: str,
    language: str = "en",
) -> Company:
    """A pending company, and a mail to its founder.

    Raises:
        Invalid: `slug_reserved`, a weak password. Conflict: `slug_taken`. RateLimited.
    """
    spend("signup_address", network_of(actor.ip))
    email = admin_email.casefold()
    founder = User(name=admin_name, email=email)
    hashed = hash_password(password, field="admin.password", user=founder)
    # Once, however often the writing has to be tried; what the form is refused for costs nothing.
    count_mail = cache(partial(spend, "signup_account", email))

    def write() -> Company:
        _release_slug(slug)
        company = create_company(actor=actor, name=name, slug=slug, email=email, language=language)
        count_mail()
        _ask(actor, company, RegistrationKind.COMPANY, admin_name, email, hashed, language)
        return company

    return run_in_transaction(write)


def confirm_company(*, actor: Actor, token: str) -> Company:
    """Prove the founder's address: the first admin comes to be, and approval may follow.

    Raises:
        NotFound: no such token. Gone: used or expired.
    """
    spend("token_address", network_of(actor.ip))
    registration = _find(token, RegistrationKind.COMPANY)

    def write() -> Company:
        _use(registration)
        company: Company = Company.objects.fresh(registration.company)
        if company.is_deleted:
            raise Gone
        _join(actor, registration, Role.COMPANY_ADMIN)
        return confirm_address(actor=actor, company=company)

    return run_in_transaction(write)


def resubmit_sign_up(
    *, actor: Actor, email: str, password: str, changes: dict[str, Any]
) -> Company:
    """Correct and hand in again a rejected company; only its founder can.

    Raises:
        Unauthenticated: wrong password, or no company of this person. Conflict: `illegal_move`,
        `slug_taken`.
    """
    proof = prove(actor=actor, email=email, password=password)
    company = _founded_by(proof, email.casefold())
    if company is None:
        raise WrongCredentials

    def write() -> Company:
        again = resubmit_company(actor=actor, company=company, changes=changes)
        if again.email_confirmed_at is None:
            _ask_again(actor, again)
        return again

    return run_in_transaction(write)


def resend_confirmation(*, actor: Actor, email: str, password: str) -> None:
    """Mail the founder a new link for each unconfirmed company that this password speaks for.

    Raises:
        WrongCredentials. RateLimited.
    """
    spend("signup_address", network_of(actor.ip))
    spend("signup_account", email.casefold())
    proof = prove(actor=actor, email=email, password=password)
    forms = company_sign_ups_of(email.casefold())
    if isinstance(proof, Registration):
        # The password of a form proves the forms that have it; an account's proves them all.
        forms = [each for each in forms[:MOST_FORMS] if check_password(password, each.password)]

    def write() -> None:
        for company in {each.company for each in forms}:
            _ask_again(actor, company)

    run_in_transaction(write)


def register_customer(
    *, actor: Actor, company: str, name: str, email: str, password: str, language: str = ""
) -> None:
    """Ask to become a customer. The answer is the same whatever is known; the mail tells.

    Raises:
        Invalid: a weak password. RateLimited.
    """
    spend("signup_address", network_of(actor.ip))
    hashed = hash_password(password, user=User(name=name, email=email))
    spend("signup_account", email.casefold())
    found = Company.objects.active_by_slug(company).first()
    if found is None or not takes_customers(found):
        return

    kind, spoken = RegistrationKind.CUSTOMER, language or found.language
    run_in_transaction(lambda: _ask(actor, found, kind, name, email.casefold(), hashed, spoken))


def confirm_customer(*, actor: Actor, token: str) -> Membership:
    """Prove a customer's address; a contact that the company already holds becomes this person.

    Raises:
        NotFound: no such token. Gone: used, expired, the company takes nobody now, it has withdrawn
        this person's access, or the person is one of its staff; or the account was made since.
    """
    spend("token_address", network_of(actor.ip))
    registration = _find(token, RegistrationKind.CUSTOMER)

    def write() -> Membership:
        company: Company = Company.objects.fresh(registration.company)
        if not takes_customers(company):
            raise Gone
        _use(registration)
        member = _join(actor, registration, Role.USER)
        # Who confirms is signed in without a password, and as a customer only.
        if not member.is_active or member.role != Role.USER:
            raise Gone
        return member

    return run_in_transaction(write)


def _ask(
    actor: Actor, company: Company, kind: str, name: str, email: str, hashed: str, language: str
) -> None:
    row_id = new_id()
    registration = Registration(
        id=row_id,
        company=company,
        kind=kind,
        name=name,
        email=email,
        password=hashed,
        language=language,
        token_hash=token_hash(mailed_token("registration", row_id)),
        expires_at=timezone.now() + settings.EMAIL_TOKEN_LIFETIME,
    )
    with company_scope(company.id):
        registration.save()
    _announce(actor, registration, RegistrationRequested(registration.id))


def _find(token: str, kind: str) -> Registration:
    registration = registration_by_token_hash(token_hash(token))
    if registration is None or registration.kind != kind or registration.company.is_deleted:
        raise NotFound
    return registration


def _use(registration: Registration) -> None:
    """Claim the token: of many at once exactly one gets past."""
    now = timezone.now()
    with company_scope(registration.company_id):
        rows = Registration.objects.filter(pk=registration.pk, used_at__isnull=True)
        if rows.filter(expires_at__gt=now).update(used_at=now, password="") != 1:
            raise Gone


def _join(actor: Actor, registration: Registration, role: str) -> Membership:
    user = _account_of(actor, registration)
    with company_scope(registration.company_id):
        _void_siblings(registration)
        member: Membership | None = Membership.objects.filter(user=user).first()
        if member is None:
            member = join_company(
                actor=actor,
                company=registration.company,
                user=user,
                role=role,
                name=registration.name,
                email=registration.email,
                language=registration.language,
            )
    _announce(actor, registration, RegistrationConfirmed(registration.id, member.id))
    return member


def _void_siblings(registration: Registration) -> None:
    """Of several forms for one company the first that is proven counts, the others are spent."""
    rows = Registration.objects.filter(email=registration.email, kind=registration.kind)
    rows.filter(used_at__isnull=True).update(used_at=timezone.now(), password="")


def _account_of(actor: Actor, registration: Registration) -> User:
    """The person behind a proven address; an existing account keeps its own password.

    Where several forms were sent under one address, nobody can tell whose password is the owner's:
    the account gets none of them, and the owner a mail to set one.
    """
    user: User | None = User.objects.by_email(registration.email).first()
    if user is None:
        is_disputed = other_registrations(registration)
        user = make_account(
            name=registration.name,
            email=registration.email,
            hashed_password=make_password(None) if is_disputed else registration.password,
            language=registration.language,
        )
        if is_disputed:
            request_reset(actor=actor, user=user)
    elif _is_overtaken(registration, user):
        raise Gone
    refuse_unfit(user)
    return user


def _is_overtaken(registration: Registration, user: User) -> bool:
    """A customer's form signs in without a password, so it opens no account that was made since.

    Its owner asks again; that form is younger than the account.
    """
    is_customers = registration.kind == RegistrationKind.CUSTOMER
    return is_customers and user.created_at > registration.created_at


def _founded_by(proof: User | Registration, email: str) -> Company | None:
    """The rejected company of this founder, else any that this person may speak for."""
    if isinstance(proof, Registration):
        return proof.company
    led = [each for each in memberships_of(proof) if each.role == Role.COMPANY_ADMIN]
    companies = [each.company for each in led if each.is_active]
    companies += [each.company for each in company_sign_ups_of(email)]
    rejected = [company for company in companies if company.status == Status.REJECTED]
    return next(iter(rejected or companies), None)


def _ask_again(actor: Actor, company: Company) -> None:
    """A new token for an unconfirmed founder; the old ones are void."""
    with company_scope(company.id):
        open_ones = Registration.objects.filter(kind=RegistrationKind.COMPANY, used_at__isnull=True)
        first = open_ones.order_by("created_at", "id").first()
        if first is None:
            return
        open_ones.update(used_at=timezone.now(), password="")
    kind = RegistrationKind.COMPANY
    _ask(actor, company, kind, first.name, first.email, first.password, first.language)


def _release_slug(slug: str) -> None:
    """Free an address that somebody took and never confirmed in time."""
    company: Company | None = Company.objects.unconfirmed().filter(slug=slug).first()
    if company is None:
        return
    with company_scope(company.id):
        tokens = Registration.objects.filter(expires_at__gt=timezone.now(), used_at__isnull=True)
        if tokens.exists():
            return
    delete_company(actor=system_actor(company.id), company=company, reason="never confirmed")


def _announce(actor: Actor, registration: Registration, fact: Any) -> None:
    company_id = registration.company_id
    publish(fact, actor=actor, company_id=company_id, stream=f"registration:{registration.id}")
