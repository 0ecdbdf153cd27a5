"""How mail leaves: files in the data folder by default, SMTP by EMAIL_URL."""

import environ

from tokdesk import env
from tokdesk.settings.base import DATA_DIR

DEFAULT_FROM_EMAIL = env.text("TOKDESK_MAIL_FROM", "TokDesk <no-reply@tokdesk.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DIR = DATA_DIR / "mail"
EMAIL_TIMEOUT = 10
EMAIL_URL = env.url("EMAIL_URL", "", {"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail"})

if EMAIL_URL:
    globals().update(environ.Env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "tokdesk.integrations.mailfile.EmlFileBackend"
