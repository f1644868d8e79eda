"""The web server's entry: ``uvicorn moothall.config.asgi:application``."""

import os

from django.core.asgi import get_asgi_application

from moothall.core.body_limit import BodyLimit
from moothall.library import entrance

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.config.settings")

application = BodyLimit(get_asgi_application(), entrance.most_bytes)
