"""The settings as the type checker's plugin reads them: it needs some that are whole, wherever it runs."""

import tests.environment  # noqa: F401 - sets them in the environment, before they are read
from moothall.config.settings import *  # noqa: F403
