"""The web server's entry: ``uvicorn moothall.config.asgi:application``."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.config.settings")

application = get_asgi_application()
