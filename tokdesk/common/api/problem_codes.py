"""Every code a problem may carry, with its title: the table that clients program against."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: Final[dict[str, Promise]] = {
    # The request itself
    "malformed": _("The request cannot be read"),
    "invalid": _("The input is not valid"),
    "unknown_field": _("A field is not known"),
    "unknown_parameter": _("A parameter is not known"),
    "invalid_cursor": _("This page of the list does not exist"),
    "bad_host": _("The host name is not ours"),
    "not_found": _("Not found"),
    "method_not_allowed": _("The method is not allowed"),
    "unsupported_media_type": _("The media type is not supported"),
    "too_large": _("The request is too large"),
    "rate_limited": _("Too many requests"),
    "server_error": _("Something went wrong"),
    "unavailable": _("Busy right now"),
    "conflict": _("The current state does not allow this"),
    "gone": _("Used or expired"),
    "stale_version": _("Changed meanwhile"),
    "invalid_idempotency_key": _("The idempotency key is not valid"),
    "idempotency_not_supported": _("No idempotency key can be used here"),
    "idempotency_key_reused": _("The idempotency key was used for something else"),
    "idempotency_in_progress": _("The same request is still being worked on"),
    # Who asks
    "not_authenticated": _("Not signed in"),
    "invalid_token": _("The token is not valid"),
    "invalid_credentials": _("Wrong address or password"),
    "session_ended": _("The session has ended"),
    "token_reused": _("The token was used already"),
    "csrf_failed": _("The request did not come from our own page"),
    "permission_denied": _("Not allowed"),
    "company_pending": _("The company waits for approval"),
    "company_rejected": _("The company was rejected"),
    "company_suspended": _("The company is suspended"),
    "account_deactivated": _("The account is deactivated"),
    "membership_deactivated": _("The membership is deactivated"),
    # Companies and people
    "slug_taken": _("The address is taken"),
    "slug_reserved": _("The address is reserved"),
    "illegal_move": _("This step is not possible now"),
    "address_unconfirmed": _("The e-mail address is not confirmed"),
    "name_taken": _("The name is taken"),
    "last_admin": _("The last administrator stays"),
    "already_member": _("Already a member"),
    "already_invited": _("Already invited"),
    "email_taken": _("The e-mail address is taken"),
    "external_id_taken": _("The external id is taken"),
    "same_department": _("The target is the department itself"),
    "platform_staff": _("Platform staff are in no company"),
    "own_account": _("Not with your own account"),
    "same_member": _("The target is the person itself"),
}
