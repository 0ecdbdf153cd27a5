"""Is this the right password? One place, the same work for known and unknown addresses."""

import logging
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.doors import company_sign_ups_of
from accounts.models import Registration, Session, User
from tokdesk.common.actor import Actor
from tokdesk.common.errors import FieldError, Invalid, Unauthenticated
from tokdesk.common.ids import new_id
from tokdesk.common.limits import network_of, refund, spend
from tokdesk.common.security import note_refused_sign_in

logger = logging.getLogger(__name__)

# How many devices back a network still counts as one that the person signs in from.
KNOWN_DEVICES = 50


class WrongCredentials(Unauthenticated):
    """Unknown, wrong, deactivated, or not of that company: never told apart."""

    default_code = "invalid_credentials"
    default_detail = _("The e-mail or the password is not right.")


def prove(*, actor: Actor, email: str, password: str) -> User | Registration:
    """Who knows this password: a person, or a founder whose sign-up still waits for its mail.

    Must run outside a transaction: it hashes, and a failed try must stay counted.

    Raises:
        RateLimited: too many tries by this address or on this account. WrongCredentials.
    """
    email = email.casefold()
    user: User | None = User.objects.by_email(email).first()
    spent = _spend(actor, email, user)
    proof = _prove(email, password, user)
    if proof is None:
        logger.info("sign-in refused", extra={"account": str(user.id) if user else "unknown"})
        note_refused_sign_in(actor, email=email, user_id=user.id if user else None)
        raise WrongCredentials
    for name, value in spent:
        refund(name, value)
    return proof


def prove_account(*, actor: Actor, email: str, password: str) -> User:
    """Like `prove`, for what only an account opens: a founder who still waits has none.

    Raises:
        RateLimited. WrongCredentials.
    """
    proof = prove(actor=actor, email=email, password=password)
    if not isinstance(proof, User):
        raise WrongCredentials
    return proof


def hash_password(password: str, *, field: str = "password", user: User | None = None) -> str:
    """The hash of a good new password.

    Raises:
        Invalid: too short, too common or too much like the person; every reason is listed.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        faults = [FieldError(each.code or "invalid", each.messages[0]) for each in error.error_list]
        raise Invalid(fields={field: faults}) from error
    return make_password(password)


def _spend(actor: Actor, email: str, user: User | None) -> list[tuple[str, str]]:
    """Count the try for its network and for the account.

    A network that the person has signed in from counts apart, so nobody can lock somebody out of
    the own places by guessing from elsewhere.
    """
    network = network_of(actor.ip)
    # Asked for nobody as well, so that an unknown address costs the same.
    is_known = network in _networks_of(user.id if user else new_id())
    account = ("login_known", f"{email}|{network}") if is_known else ("login_account", email)
    spent = [("login_address", network), account]
    for name, value in spent:
        spend(name, value)
    return spent


def _networks_of(user_id: UUID) -> set[str]:
    addresses = Session.objects.of_person(user_id).values_list("ip", flat=True)
    return {network_of(ip) for ip in addresses[:KNOWN_DEVICES] if ip}


def _prove(email: str, password: str, user: User | None) -> User | Registration | None:
    """Everything but the right password of an account costs three hashes, whoever is asked for.

    Of several unconfirmed sign-ups by one address the oldest and the newest are asked: a stranger
    who signs up another company under it does not shut its owner out. Both are asked and paid for
    beside an account too: whoever sent the forms knows their passwords, and would learn from the
    answer or its time whether the address has one.
    """
    if user is not None and user.check_password(password) and user.can_sign_in:
        return user
    sign_ups = company_sign_ups_of(email)
    asked = {each.id: each for each in sign_ups[:1] + sign_ups[-1:]}.values()
    right = [each for each in asked if check_password(password, each.password)]
    for _number in range(3 - len(asked) - (user is not None)):
        make_password(password)
    return next(iter(right), None)
