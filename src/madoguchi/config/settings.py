"""Settings, read from the environment only; every name is listed in docs/settings.md."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote

from django.core.exceptions import ImproperlyConfigured

from madoguchi.config.database import database_settings
from madoguchi.config.said import address, number, two_wholes, whole

HOME = Path(os.environ.get("MADOGUCHI_HOME", "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key from the environment, else one made on first use and kept in the home folder, readable by us only."""
    given = os.environ.get("MADOGUCHI_SECRET_KEY")
    if given:
        return given
    path = HOME / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = False
SECURE = os.environ.get("MADOGUCHI_HTTPS", "no") == "yes"
ALLOWED_HOSTS = [
    host for host in os.environ.get("MADOGUCHI_HOSTS", "127.0.0.1,localhost,testserver").split(",") if host
]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("MADOGUCHI_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "madoguchi.city",  # before allauth: its Japanese sign-in pages take the place of allauth's own
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "madoguchi.config",
    "madoguchi.audit",
    "madoguchi.catalogue",
    "madoguchi.residents",
    "madoguchi.papers",
    "madoguchi.booking",
    "madoguchi.payments",
    "madoguchi.cases",
    "madoguchi.furusato",
    "madoguchi.outreach",
    "madoguchi.connect",
    "madoguchi.insight",
    "madoguchi.disposal",
    "madoguchi.channels.shared",
    "madoguchi.channels.counter",
    "madoguchi.channels.online",
    "madoguchi.channels.kiosk",
    "madoguchi.channels.backoffice",
    "madoguchi.channels.board",
    "madoguchi.channels.api",
    "madoguchi.channels.feedback",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "madoguchi.channels.shared.content_policy.ContentPolicy",
    "madoguchi.channels.api.problems.ProblemsAsData",
    "madoguchi.city.gate.KnownMethods",
    "madoguchi.city.session.SessionsByUse",
    "madoguchi.channels.shared.languages.JapaneseUnlessChosen",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "madoguchi.city.gate.DeclaredAuthority",
    "madoguchi.channels.shared.provisional.ProvisionalOnly",
    "madoguchi.channels.shared.readable_address.ReadableAddress",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "madoguchi.config.urls"
WSGI_APPLICATION = "madoguchi.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": ["madoguchi.channels.shared.folded_templates.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "madoguchi.channels.shared.context.shell",
            ],
        },
    }
]

CARD_READERS = dict(
    part.split("=", 1) for part in os.environ.get("MADOGUCHI_CARD_READERS", "").split(",") if "=" in part
)

# The rules by which readings are shown to the supervisor; those of the product without one.
OVERSIGHT_RULES = Path(
    os.environ.get("MADOGUCHI_OVERSIGHT", "")
    or Path(__file__).resolve().parent.parent / "insight" / "oversight" / "rules.toml"
)

HOLD_MINUTES = whole("MADOGUCHI_HOLD_MINUTES", os.environ.get("MADOGUCHI_HOLD_MINUTES", "10"))
REMIND_HOURS = number("MADOGUCHI_REMIND_HOURS", os.environ.get("MADOGUCHI_REMIND_HOURS", "24"))
PREPARED_DAYS = whole("MADOGUCHI_PREPARED_DAYS", os.environ.get("MADOGUCHI_PREPARED_DAYS", "14"))
CONTACT_DAYS = whole("MADOGUCHI_CONTACT_DAYS", os.environ.get("MADOGUCHI_CONTACT_DAYS", "30"))
DISTRICTS = os.environ.get("MADOGUCHI_DISTRICTS", "")
UPKEEP_SECONDS = number("MADOGUCHI_UPKEEP_SECONDS", os.environ.get("MADOGUCHI_UPKEEP_SECONDS", "20"))

# Mail goes through one server; without it no address is asked for and nothing is written.
_mail = address("MADOGUCHI_MAIL_SERVER", os.environ.get("MADOGUCHI_MAIL_SERVER", ""))
MAIL_READY = bool(_mail.hostname)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_READY else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("MADOGUCHI_MAIL_FROM", "yoyaku@localhost")
# A Maildir into which the mail server puts what comes back to that address.
RETURNED_MAIL = os.environ.get("MADOGUCHI_RETURNED_MAIL", "")
# The streams' own port when no proxy joins them with the pages; how often they beat, and when a board says that it stands still.
STREAM_PORT = whole("MADOGUCHI_STREAM_PORT", os.environ.get("MADOGUCHI_STREAM_PORT") or "0")
BEAT_SECONDS = number("MADOGUCHI_BEAT_SECONDS", os.environ.get("MADOGUCHI_BEAT_SECONDS", "15"))
STALE_SECONDS = BEAT_SECONDS * 2 + 5
BUSY_MINUTES = two_wholes("MADOGUCHI_BUSY_MINUTES", os.environ.get("MADOGUCHI_BUSY_MINUTES", "20,40"))
TICKET_PRINTERS = dict(
    part.split("=", 1) for part in os.environ.get("MADOGUCHI_TICKET_PRINTERS", "").split(",") if "=" in part
)
# Where residents' phones reach this office; empty: the address by which the page itself was asked for.
PUBLIC_ADDRESS = os.environ.get("MADOGUCHI_PUBLIC_ADDRESS", "")

# The public interface: requests from one address in ten minutes; the origins whose pages may read it (none by itself).
API_REQUESTS = whole("MADOGUCHI_API_REQUESTS", os.environ.get("MADOGUCHI_API_REQUESTS", "600"))
API_ORIGINS = tuple(one for one in os.environ.get("MADOGUCHI_API_ORIGINS", "").split(",") if one)
# Gateways by which people are told of what they may have: "sms=http://…,line=http://…,mynaportal=http://…", and how they know us.
MESSAGE_GATEWAYS = {
    name: base.rstrip("/")
    for one in os.environ.get("MADOGUCHI_MESSAGE_GATEWAYS", "").split(",")
    for name, _, base in [one.strip().partition("=")]
    if name in ("sms", "line", "mynaportal") and base
}
MESSAGE_KEY = os.environ.get("MADOGUCHI_MESSAGE_KEY", "")
MESSAGE_SECONDS = number("MADOGUCHI_MESSAGE_SECONDS", os.environ.get("MADOGUCHI_MESSAGE_SECONDS", "6"))
# The provider of payments: its address, the key by which it knows us, the secrets with which it signs (the one in use first).
PAYMENT_PROVIDER = os.environ.get("MADOGUCHI_PAYMENT_PROVIDER", "").rstrip("/")
PAYMENT_KEY = os.environ.get("MADOGUCHI_PAYMENT_KEY", "")
PAYMENT_SECRETS = [one for one in os.environ.get("MADOGUCHI_PAYMENT_SECRET", "").split(",") if one]
PAYMENT_SECONDS = number("MADOGUCHI_PAYMENT_SECONDS", os.environ.get("MADOGUCHI_PAYMENT_SECONDS", "6"))
# Where its pages are to which residents are sent, when that is not the address of the provider itself.
PAYMENT_PAGES = os.environ.get("MADOGUCHI_PAYMENT_PAGES", "").rstrip("/") or PAYMENT_PROVIDER
# Where residents sign in (OpenID Connect, docs/sign-in.md); without it no online sign-in is offered.
OIDC_ISSUER = os.environ.get("MADOGUCHI_OIDC_ISSUER", "")
OIDC_CLIENT_ID = os.environ.get("MADOGUCHI_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("MADOGUCHI_OIDC_CLIENT_SECRET", "")
OIDC_KEY_FILE = os.environ.get("MADOGUCHI_OIDC_KEY_FILE", "")
OIDC_SCOPES = os.environ.get("MADOGUCHI_OIDC_SCOPES", "openid name address birthdate gender")
OIDC_LEVEL = os.environ.get("MADOGUCHI_OIDC_LEVEL", "")
OIDC_NAME = os.environ.get("MADOGUCHI_OIDC_NAME", "デジタル認証アプリ")
# Applying from home: where attached files lie (shut away, outside everything that is served), the clamd that looks at each of
# them first ("host:port"; without it no file is taken), and for how many days what was not submitted is kept.
ATTACHMENTS_FOLDER = Path(os.environ.get("MADOGUCHI_ATTACHMENTS", "") or HOME / "attachments")
VIRUS_SCANNER = os.environ.get("MADOGUCHI_VIRUS_SCANNER", "")
VIRUS_SCANNER_SECONDS = number(
    "MADOGUCHI_VIRUS_SCANNER_SECONDS", os.environ.get("MADOGUCHI_VIRUS_SCANNER_SECONDS", "20")
)
UNSENT_DAYS = whole("MADOGUCHI_UNSENT_DAYS", os.environ.get("MADOGUCHI_UNSENT_DAYS", "30"))

# A branch that works on its own while the line is cut: `madoguchi branch open` has put its package here.
PROVISIONAL = (HOME / "branch.json").exists()

DATABASES = {
    "default": database_settings(
        os.environ.get("MADOGUCHI_DATABASE_URL"),
        home=HOME,
        pooled=bool(os.environ.get("MADOGUCHI_LISTEN_URL")),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "city.StaffMember"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "madoguchi.city.passwords.NoOfficeWords"},
]
SECOND_STEP_REQUIRED = os.environ.get("MADOGUCHI_SECOND_STEP", "offered") == "required"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# A whole office may be behind one address: never count by address alone. `login_failed`: the second step.
# The key of a one-time link cannot be guessed; on the first day everybody opens theirs.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/300s/key", "reset_password_from_key": None}
PASSWORD_RESET_TIMEOUT = 7 * 86_400
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "madoguchi.city.sign_in.StaffAccountAdapter"
MFA_ADAPTER = "madoguchi.city.at_rest.ShutSecondSteps"
# Keys that shut secrets in the database, the one in use first; without any, the key follows from SECRET_KEY.
FIELD_KEYS = os.environ.get("MADOGUCHI_FIELD_KEYS", "")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "窓口"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "city/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False

SESSION_ENGINE = "madoguchi.city.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
# Over HTTPS a browser takes these from this very host only, for all of it (`__Host-`).
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
SESSION_COOKIE_AGE = whole("MADOGUCHI_IDLE_SECONDS", os.environ.get("MADOGUCHI_IDLE_SECONDS", "3600"))
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Visitors' pages speak these; each is called as it calls itself. Pages of staff are in Japanese.
VISITORS_LANGUAGES = {
    "ja-easy": "やさしい日本語", "en": "English", "zh-Hans": "中文（简体）", "vi": "Tiếng Việt", "pt-BR": "Português",
    "es": "Español",
}  # fmt: skip
# The screens are there in these and the texts of procedures are not: to be looked at, not to be offered to visitors.
LANGUAGES_IN_PREPARATION = {
    "zh-Hant": "中文（繁體）", "ko": "한국어", "tl": "Filipino", "ne": "नेपाली", "id": "Bahasa Indonesia", "my": "မြန်မာဘာသာ",
    "th": "ภาษาไทย",
}  # fmt: skip


def _languages() -> list[tuple[str, str]]:
    """Japanese, then what the city offers besides, in its order, then what it only wants to look at."""
    said = os.environ.get("MADOGUCHI_LANGUAGES", ",".join(VISITORS_LANGUAGES))
    looked_at = os.environ.get("MADOGUCHI_LANGUAGES_IN_PREPARATION", "")
    found = [
        *_named(said, VISITORS_LANGUAGES, "MADOGUCHI_LANGUAGES"),
        *_named(looked_at, LANGUAGES_IN_PREPARATION, "MADOGUCHI_LANGUAGES_IN_PREPARATION"),
    ]
    return [("ja", "日本語"), *dict.fromkeys(found)]


def _named(said: str, there: dict[str, str], setting: str) -> list[tuple[str, str]]:
    tags = [one.strip() for one in said.split(",") if one.strip()]
    for one in tags:
        if one not in there:
            known = "、".join(there)
            raise ImproperlyConfigured(f"{setting} の「{one}」は使えません。次から選んでください: {known}")
    return [(one, there[one]) for one in tags]


LANGUAGE_CODE = "ja"
LANGUAGES = _languages()
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "madoguchi.channels.shared.static_addresses.StaticAddresses"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Nothing that a resident said may reach a log: no bodies, no query strings, no values in tracebacks.
DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "madoguchi.config.logs.OneLine",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}, "django.request": {"level": "ERROR"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
