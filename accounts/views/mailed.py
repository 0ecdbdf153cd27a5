"""The pages that the mails of accounts link to."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.forms import NewPasswordForm
from accounts.services.passwords import reset_password
from accounts.services.registration import confirm_company, confirm_customer
from tokdesk.common.actor import Actor
from tokdesk.common.mailed_links import MailedLinkPage


class ConfirmCompanyPage(MailedLinkPage):
    texts: ClassVar = {
        "title": _("Confirm your address"),
        "lead": _("One click, and we look at your request."),
        "action": _("Confirm address"),
    }
    done = _("Thank you. We look at your request and write to you as soon as it is decided.")

    def use(self, actor: Actor, **facts: str) -> object:
        return confirm_company(actor=actor, token=facts["token"])


class ConfirmCustomerPage(MailedLinkPage):
    texts: ClassVar = {
        "title": _("Confirm your address"),
        "lead": _("One click, and your account is ready."),
        "action": _("Confirm address"),
    }
    done = _("Thank you. You can sign in now.")

    def use(self, actor: Actor, **facts: str) -> object:
        return confirm_customer(actor=actor, token=facts["token"])


class ResetPasswordPage(MailedLinkPage):
    form_class = NewPasswordForm
    texts: ClassVar = {
        "title": _("Set a new password"),
        "lead": _("Every device is signed out when you set it."),
        "action": _("Set password"),
    }
    done = _("Your new password is set. You can sign in now.")

    def use(self, actor: Actor, **facts: str) -> None:
        reset_password(actor=actor, token=facts["token"], password=facts["password"])
