"""Every setting. What an operator may change comes from the environment; docs/operators/settings.md lists it."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import SELF
from environs import validate

from moothall.config.environment import (
    Environment,
    address_problem,
    bucket_problem,
    database_problem,
    mailbox_problem,
    proxies_problem,
    scheduler_problem,
    weakness,
    zone_problem,
)
from moothall.core.sealing import key_problem

env = Environment()

# --- What the operator says ---------------------------------------------------------------------------------------

DEBUG: bool = env.bool("MOOTHALL_DEBUG", False)
SECRET_KEY: str = env.str("MOOTHALL_SECRET_KEY", "")
SEALING_KEYS: list[str] = env.list("MOOTHALL_SEALING_KEYS", [])
SITE_URL: str = env.str("MOOTHALL_URL", "http://127.0.0.1:8000").rstrip("/")
DATA_FOLDER = Path(env.str("MOOTHALL_DATA", "var")).absolute()
DATABASE_URL: str = env.str("DATABASE_URL", f"sqlite:///{DATA_FOLDER / 'moothall.sqlite3'}")
EMAIL_FROM: str = env.str("MOOTHALL_EMAIL_FROM", "Moothall <moothall@localhost>")
TIME_ZONE: str = env.str("MOOTHALL_TIME_ZONE", "Europe/London")
OUTBOUND_ALLOWED_HOSTS: tuple[str, ...] = tuple(env.list("MOOTHALL_OUTBOUND_ALLOWED_HOSTS", []))
TRUSTED_PROXIES: int = env.int("MOOTHALL_TRUSTED_PROXIES", 0, validate=validate.Range(min=0, max=10))
WORKER_THREADS: int = env.int("MOOTHALL_WORKER_THREADS", 8, validate=validate.Range(min=1, max=64))
DESK_ADDRESS: str = env.str("MOOTHALL_DESK_ADDRESS", "")
DESK_MAILBOX: str = env.str("MOOTHALL_DESK_MAILBOX", "")
MAIL_AUTHSERV: str = env.str("MOOTHALL_MAIL_AUTHSERV", "")
WEBUSE_FOLDER = Path(env.str("MOOTHALL_WEBUSE", str(DATA_FOLDER / "webuse"))).absolute()
WEBUSE_ROWS: str = env.str("MOOTHALL_WEBUSE_ROWS", str(WEBUSE_FOLDER / "rows"))
WEBUSE_PEOPLE: int = env.int("MOOTHALL_WEBUSE_PEOPLE", 10, validate=validate.Range(min=5, max=100))
WEBUSE_LOGIN_DOMAIN: str = env.str("MOOTHALL_WEBUSE_LOGIN_DOMAIN", "")
WEBUSE_S3_ENDPOINT: str = env.str("MOOTHALL_WEBUSE_S3_ENDPOINT", "")
WEBUSE_S3_KEY: str = env.str("MOOTHALL_WEBUSE_S3_KEY", "")
WEBUSE_S3_SECRET: str = env.str("MOOTHALL_WEBUSE_S3_SECRET", "")
WEBUSE_S3_REGION: str = env.str("MOOTHALL_WEBUSE_S3_REGION", "")
WEBUSE_CLUSTER: str = env.str("WEBUSE_CLUSTER", "")
LOG_LEVEL: str = env.str("MOOTHALL_LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
_mail = env.dj_email_url("MOOTHALL_EMAIL_URL", "file://" if DEBUG else "smtp://localhost:25")
_database = env.dj_db_url("DATABASE_URL", DATABASE_URL, conn_max_age=60, conn_health_checks=True)

if _problem := address_problem(SITE_URL):
    env.problems.append(f"MOOTHALL_URL: {_problem}")
elif _problem := proxies_problem(SITE_URL, TRUSTED_PROXIES):
    env.problems.append(f"MOOTHALL_TRUSTED_PROXIES: {_problem}")
if _problem := database_problem(_database):
    env.problems.append(f"DATABASE_URL: {_problem}")
if _problem := mailbox_problem(DESK_MAILBOX):
    env.problems.append(f"MOOTHALL_DESK_MAILBOX: {_problem}")
if DESK_ADDRESS.count("@") > 1 or ((DESK_ADDRESS or DESK_MAILBOX) and "@" not in DESK_ADDRESS):
    env.problems.append("MOOTHALL_DESK_ADDRESS: give the desk's address, such as desk@exampleshire.example")
if _problem := zone_problem(TIME_ZONE):
    env.problems.append(f"MOOTHALL_TIME_ZONE: {_problem}")
if _problem := bucket_problem(WEBUSE_ROWS):
    env.problems.append(f"MOOTHALL_WEBUSE_ROWS: {_problem}")
if _problem := scheduler_problem(WEBUSE_CLUSTER):
    env.problems.append(f"WEBUSE_CLUSTER: {_problem}")
if "EMAIL_BACKEND" not in _mail:
    env.problems.append("MOOTHALL_EMAIL_URL: give a mail server, such as smtp://host:25")
if DEBUG and not SECRET_KEY:
    env.problems.append("MOOTHALL_SECRET_KEY: none given; make one with: moothall keys new")
if not DEBUG and (_weakness := weakness(SECRET_KEY)):
    env.problems.append(f"MOOTHALL_SECRET_KEY: too weak, {_weakness}; make one with: moothall keys new")
if not SEALING_KEYS:
    env.problems.append("MOOTHALL_SEALING_KEYS: none given; make one with: moothall keys new")
env.problems += [f"MOOTHALL_SEALING_KEYS: {_problem}" for _key in SEALING_KEYS if (_problem := key_problem(_key))]
env.finish()

# --- Application ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "moothall.core",  # before allauth: its templates override theirs
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "servestatic",
    "moothall.records",
    "moothall.accounts",
    "moothall.newsroom",
    "moothall.rehearsal",
    "moothall.webuse",
    "moothall.lessons",
    "moothall.policies",
    "moothall.concerns",
    "moothall.channels",
    "moothall.library",
    "moothall.rights",
    "moothall.publishing",
    "moothall.incidents",
    "moothall.planning",
    "moothall.events",
    "moothall.contributions",
    "moothall.reports",
    "moothall.staffroom",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "moothall.accounts.middleware.KeepNoCopyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "moothall.accounts.middleware.SecondFactorMiddleware",
    "moothall.policies.middleware.WelcomeMiddleware",
]

ROOT_URLCONF = "moothall.config.urls"
ASGI_APPLICATION = "moothall.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "moothall.core.renderers.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "moothall.core.context.page",
                "moothall.accounts.context.notices",
                "moothall.publishing.context.pauses",
            ],
        },
    },
]

# --- Our own lists --------------------------------------------------------------------------------------------------

NETWORKS = [
    "moothall.newsroom.network.Newsroom",
    "moothall.networks.bluesky.Bluesky",
    "moothall.networks.mastodon.Mastodon",
    "moothall.rehearsal.network.Rehearsal",
]
NAVIGATION = [
    "moothall.staffroom.navigation",
    "moothall.publishing.navigation",
    "moothall.contributions.navigation",
    "moothall.planning.navigation",
    "moothall.events.navigation",
    "moothall.library.navigation",
    "moothall.channels.navigation",
    "moothall.rehearsal.navigation",
    "moothall.policies.navigation",
    "moothall.lessons.navigation",
    "moothall.webuse.navigation",
    "moothall.rights.navigation",
    "moothall.concerns.navigation",
    "moothall.incidents.navigation",
    "moothall.records.navigation",
    "moothall.accounts.navigation",
    "moothall.core.navigation",
]
OWN_DATA = [
    "moothall.accounts.own_data.account",
    "moothall.accounts.own_data.roles",
    "moothall.accounts.own_data.invitations",
    "moothall.accounts.own_data.notices",
    "moothall.policies.own_data.acknowledgements",
    "moothall.policies.own_data.reminders",
    "moothall.concerns.own_data.raised",
    "moothall.concerns.own_data.about_me",
    "moothall.contributions.own_data.contributions",
    "moothall.contributions.own_data.handles",
    "moothall.contributions.own_data.duties",
    "moothall.contributions.own_data.calendars",
    "moothall.publishing.own_data.posts",
    "moothall.publishing.own_data.remarks",
    "moothall.publishing.own_data.absences",
    "moothall.publishing.own_data.media",
    "moothall.publishing.own_data.channels",
    "moothall.rights.own_data.requests",
    "moothall.rights.own_data.wishes",
    "moothall.accounts.own_data.changes",
    "moothall.accounts.own_data.acts",
]
"""What tells a person what is held about them, in the order of their page (``core.own_data``)."""
SWEEPS = [
    "moothall.publishing.tasks.sweep",
    "moothall.contributions.tasks.sweep",
    "moothall.library.tasks.sweep",
    "moothall.rehearsal.crowd.speak_due",
    "moothall.events.wall.pictures.sweep",
    "moothall.channels.tasks.sweep",
    "moothall.policies.tasks.sweep",
    "moothall.concerns.tasks.sweep",
    "moothall.rights.tasks.sweep",
    "moothall.accounts.tasks.sweep",
    "moothall.core.tasks.sweep",
]
SWEEP_SECONDS = 1.0
DELIVERY_LEASE = timedelta(seconds=150)
"""Longer than the longest chain of requests one attempt may make under the time-outs of core.http."""
DELIVERY_SETTLES = timedelta(seconds=60)
"""How long a request whose answer we lost may still be under way: "not there" counts only after it."""
PROCESSING_LEASE = timedelta(seconds=60)
"""Longer than a picture takes to process. While a video is processed, its lease is renewed every second or so."""

# --- Database -------------------------------------------------------------------------------------------------------

if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    }
    _database["CONN_MAX_AGE"] = None
DATABASES = {"default": _database}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # It holds how often each person and address failed to sign in. What is over is thrown away by its key and not
        # by its age: a flood of made-up addresses should not get there, and then a fiftieth goes and not a third.
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 50},
    }
}

# --- Background work ------------------------------------------------------------------------------------------------

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "deliveries", "pictures", "videos"],
    }
}

# --- People ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the address is unique, whatever its capitals: a constraint of its own
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "moothall.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"signup": "moothall.accounts.forms.SignupForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "moothall.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Moothall"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
INVITATION_LIFETIME = timedelta(days=14)

# --- Mail -----------------------------------------------------------------------------------------------------------

EMAIL_BACKEND: str = _mail["EMAIL_BACKEND"]
EMAIL_HOST: str = _mail["EMAIL_HOST"]
EMAIL_PORT: int = _mail["EMAIL_PORT"]
EMAIL_HOST_USER: str = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD: str = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS: bool = _mail["EMAIL_USE_TLS"]
EMAIL_USE_SSL: bool = _mail["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = DATA_FOLDER / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = EMAIL_FROM

# --- Language, time, files ------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
MEDIA_ROOT = DATA_FOLDER / "media"
MEDIA_URL = "/media/"
INCOMING_ROOT = DATA_FOLDER / "incoming"
"""Uploads until they are processed. Beside the media folder, so that no page serves them."""
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
UPLOAD_IMAGE_BYTES = 25 * 2**20
UPLOAD_IMAGE_PIXELS = 60_000_000
"""More than the cameras of today's telephones take at full size, but for a few."""
UPLOAD_DECODED_PIXELS = 25_000_000
"""How many are ever decoded at once: they take 100 MB, and up to five times that while they are worked on (measured;
WebP takes most). An ordinary JPEG of more is read at half its size; nothing else can be, so it is refused."""
UPLOAD_REQUEST_BYTES = UPLOAD_IMAGE_BYTES + 2**20
"""No page but the media library's takes more than one picture at a time, and the words that come with it."""
UPLOAD_VIDEO_BYTES = 200 * 2**20
UPLOAD_VIDEO_SECONDS = 600
UPLOAD_LIBRARY_BYTES = UPLOAD_VIDEO_BYTES + 2**20
"""What one request to the media library may bring, from somebody who may add to it: a video, or several pictures."""

# --- Security -------------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname or ""] + (["127.0.0.1", "localhost"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
_secure = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

# --- Log ------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"level": LOG_LEVEL},
        "django.db.backends": {"level": "INFO"},  # below that are the values of queries: people's, and sealed ones
        "httpx": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},  # aiosmtpd's: below that it tells who wrote
    },
}
