"""The one TCP port there is. The launcher holds it, so that a web server that is started again finds it free."""

import errno
import socket

from launch.errors import LaunchError

TRIES = 50


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on `port`, or on the next free one; raises LaunchError if there is none."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise LaunchError(f"The address {host!r} is not one this machine knows.") from error
    last = 1 if port == 0 else min(port + TRIES, 65536)
    for candidate in range(port, last) if port else [0]:
        line = socket.socket(family, kind)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((address[0], candidate, *address[2:]))
            line.listen(128)
        except OSError as error:
            line.close()
            if error.errno == errno.EADDRINUSE:
                continue
            raise LaunchError(f"Cannot listen on {host} port {candidate}: {error.strerror}.") from error
        return line
    raise LaunchError(f"No port from {port} to {last - 1} is free on {host}: name another one with --port.")


def address(host: str, line: socket.socket) -> str:
    """The web address to type on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{line.getsockname()[1]}"


def allowed_hosts(host: str) -> str:
    """The host names under which the web server answers, for REDRESS_ALLOWED_HOSTS."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - the operator asked to be reachable
        names += [socket.gethostname(), socket.getfqdn(), *_own_addresses()]
    elif host not in names:
        names.append(f"[{host}]" if ":" in host else host)
    return ",".join(dict.fromkeys(names))


def _own_addresses() -> list[str]:
    """The address that faces other machines, as the kernel would choose it; nothing is sent."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.connect(("192.0.2.1", 9))  # an address set aside for documentation
            return [str(line.getsockname()[0])]
    except OSError:
        return []
