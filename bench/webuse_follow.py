"""An importer that runs on, as “webuse follow” does: how long it takes from lines appended to figures persisted.

    python -m bench.webuse_follow LOG MORE…

Imports ``LOG``, then appends each file of ``MORE`` to it and imports what is new. Prints the seconds of each as JSON.
Where everything is stands in the environment; ``bench.webuse_council`` prepares it.
"""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from moothall.core import clock  # noqa: E402
from moothall.webuse import clerk, house, purpose_queries  # noqa: E402 - these import models, which need the settings
from moothall.webuse.importing.importer import import_log  # noqa: E402
from moothall.webuse.importing.logs import Log  # noqa: E402


def main(log: Path, more: list[Path]) -> None:
    purpose = purpose_queries.for_import(on=clock.now().date())
    took = []
    with house.kit(purpose) as kit:
        import_log(kit, Log(log))
        clerk.count(purpose.key)
        for added in more:
            with log.open("ab") as growing:
                growing.write(added.read_bytes())
            began = time.perf_counter()
            import_log(kit, Log(log))
            clerk.count(purpose.key)
            took.append(time.perf_counter() - began)
    print(json.dumps(took))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]])
