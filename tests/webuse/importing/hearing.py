"""A listener to be killed: a process that listens and counts, and prints its port."""

import sys
import threading
from pathlib import Path

from moothall.webuse.importing import spool as spools
from moothall.webuse.importing.spool import Spool
from moothall.webuse.importing.spooled import Counter, listen
from moothall.webuse.importing.syslog import Door, Listener
from tests.webuse import kits

START = "import django; django.setup(); from tests.webuse.importing import hearing; hearing.main()"
"""The program that such a process runs, with the folders of the rows and of the spool as arguments."""


def main() -> None:
    spools.OLDEST = 0.2
    spool = Spool(Path(sys.argv[2]))
    listener = Listener(spool, Door())
    threading.Thread(target=_print_port, args=[listener], daemon=True).start()
    listen(listener, Counter(kits.lent(kits.kit(Path(sys.argv[1]))), spool), threading.Event())


def _print_port(listener: Listener) -> None:
    listener.is_listening.wait()
    print(listener.port, flush=True)
