"""One sweeping process of a measurement: says that it is ready, waits for the word, sweeps until nothing is due.

With `--on` it goes on on and on, as a worker with a beat does, and lives through a database that is started again.
"""

import logging
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import InterfaceError, OperationalError, connection, transaction  # noqa: E402 - Django has to be set up first

from escalation.services import sweep  # noqa: E402 - as above
from notifications import tasks  # noqa: E402 - as above


def main() -> None:
    """Have everything loaded, as a worker has that has been up for a while, and then sweep."""
    logging.disable(logging.WARNING)
    with transaction.atomic():  # a few steps done and undone: languages, templates and rules are read by then
        sweep.sweep(batch=20, seconds=0)
        transaction.set_rollback(True)
    tasks.send_outbox.apply_async(retry=False, expires=10)  # what was undone did not open the way to the broker
    print("ready", flush=True)
    sys.stdin.readline()
    if "--on" not in sys.argv:
        sweep.sweep(seconds=3_600)
        print("done", flush=True)  # how long a process takes to end has nothing to do with sweeping
        return
    while True:
        try:
            sweep.sweep()
        except (OperationalError, InterfaceError):
            connection.close()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
