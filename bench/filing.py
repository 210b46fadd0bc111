"""Taking complaints in, through the service, with clocks, events, search terms and letters."""

import time

from bench import office
from bench.engine import hear, processes, say
from bench.figures import Figures
from complaints.models import Complaint


def filing(count: int, clients: int) -> Figures:
    """So many complaints registered by so many processes at once, each one after the other; none lost."""
    office.clear()
    each = count // clients
    with processes([["bench.filer", str(each)] for _client in range(clients)]) as filers:
        before = Complaint.objects.count()
        began = time.perf_counter()
        for filer in filers:
            say(filer, "go")
        for filer in filers:
            hear(filer, "done")
        seconds = time.perf_counter() - began
    filed = Complaint.objects.count() - before
    if filed != each * clients:
        raise RuntimeError(f"{each * clients - filed} complaints were lost.")
    return {"filed": filed, "clients": clients, "per_second": round(filed / seconds, 1)}
