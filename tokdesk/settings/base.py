"""What every environment shares; each outside thing has its own file beside this one."""

from pathlib import Path

from tokdesk import env

BASE_DIR = Path(__file__).resolve().parents[2]
env.load_file(BASE_DIR / ".env")
DATA_DIR = Path(env.text("TOKDESK_DATA", str(BASE_DIR / "var"))).resolve()
PORT = env.number("PORT", 8000, minimum=1, maximum=65535)
# Links in mails are built from this and never from a request's Host header.
BASE_URL = env.url("TOKDESK_BASE_URL", f"http://127.0.0.1:{PORT}", {"http", "https"}).rstrip("/")

INSTALLED_APPS = [
    "tokdesk.db.apps.DatabaseConfig",
    "tokdesk.apps.TokDeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "tokdesk.common",
    "tokdesk.apps.TokDeskConfig",
    "companies",
    "accounts",
    "departments",
    "invitations",
    "conversations",
    "notifications",
    "audit",
]

MIDDLEWARE = [
    "tokdesk.common.middleware.RequestIdMiddleware",
    "tokdesk.pages.health.HealthMiddleware",
    "tokdesk.common.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "tokdesk.urls"
WSGI_APPLICATION = "tokdesk.wsgi.application"
ASGI_APPLICATION = "tokdesk.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tokdesk.common.api.authentication.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tokdesk.common.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "tokdesk.common.api.negotiation.JSONFirstNegotiation",
    "DEFAULT_PAGINATION_CLASS": "tokdesk.common.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "tokdesk.common.api.schema.TokDeskSchema",
    "EXCEPTION_HANDLER": "tokdesk.common.api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TokDesk API",
    "DESCRIPTION": "Support desk, live chat and internal talk for many companies.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "CompanyStatus": "companies.choices.Status",
        "MemberStatus": "accounts.choices.MemberStatus",
        "MemberRole": "accounts.choices.MemberRole",
        "Role": "accounts.api.serializers.ROLES",
        "ConversationKind": "conversations.choices.Kind",
        "ConversationStatus": "conversations.choices.Status",
        "AttributeKind": "conversations.choices.AttributeKind",
    },
}
