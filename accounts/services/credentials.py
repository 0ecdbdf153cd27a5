"""Is this the right password? One place, the same work for known and unknown addresses."""

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.doors import company_sign_up_of
from accounts.models import Registration, User
from tokdesk.common.actor import Actor
from tokdesk.common.errors import FieldError, Invalid, Unauthenticated
from tokdesk.common.limits import network_of, refund, spend


def prove(*, actor: Actor, email: str, password: str) -> User | Registration:
    """Who knows this password: a person, or a founder whose sign-up still waits for its mail.

    Must run outside a transaction: it hashes, and a failed try must stay counted.

    Raises:
        RateLimited: too many tries by this address or on this account. Unauthenticated:
        `invalid_credentials`, the same for unknown, wrong and deactivated.
    """
    address = network_of(actor.ip)
    spend("login_address", address)
    spend("login_account", email.casefold())
    proof = _prove(email, password)
    if proof is None:
        raise Unauthenticated("invalid_credentials", _("The e-mail or the password is not right."))
    refund("login_address", address)
    refund("login_account", email.casefold())
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


def _prove(email: str, password: str) -> User | Registration | None:
    """Every address costs one hash, and one more where a sign-up of it waits for its mail.

    Whoever sent the form knows its password, so a sign-up must not answer otherwise, nor sooner,
    where its address has an account.
    """
    user: User | None = User.objects.by_email(email).first()
    if user is not None and user.check_password(password):
        return user if user.can_sign_in else None
    if user is None:
        make_password(password)
    registration = company_sign_up_of(email.casefold())
    if registration is not None and check_password(password, registration.password):
        return registration
    return None
