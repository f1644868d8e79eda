"""The settings of a test run. A plugin of pytest's, so that they stand before anything reads the settings.

What the caller set is left alone: ``DATABASE_URL`` chooses the database.
"""

import os
import tempfile

from moothall.core.sealing import new_key

for _name, _value in {
    "MOOTHALL_DEBUG": "false",
    "MOOTHALL_SECRET_KEY": "only-for-tests-" * 5,
    "MOOTHALL_SEALING_KEYS": new_key(),
    "MOOTHALL_OUTBOUND_ALLOWED_HOSTS": "127.0.0.1,localhost",
    "MOOTHALL_EMAIL_URL": "memory://",
    "MOOTHALL_DATA": tempfile.mkdtemp(prefix="moothall-tests-"),
}.items():
    os.environ.setdefault(_name, _value)
