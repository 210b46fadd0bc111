"""A mail server that takes everything and remembers the Message-ID of each mail it has accepted."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """SMTP as far as a client needs it that sends plain text without TLS (RFC 5321)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.accepted: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """How the settings name it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def take(self, mail: bytes) -> None:
        """Count a mail under its Message-ID. It is the server's from now on, whatever becomes of the client."""
        headers = mail.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        lines = headers.replace("\r\n ", " ").split("\r\n")
        name = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("message-id:")), "")
        with self._lock:
            self.accepted[name] += 1


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 bench.example")
        try:
            while line := self.rfile.readline(2_000):
                verb = line[:4].upper()
                if verb == b"DATA":
                    self._say("354 go on")
                    self.server.take(self._mail())
                    self._say("250 taken")
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 bench.example")
        except (ConnectionError, BrokenPipeError):
            return  # the client was killed

    def _mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(20_000)) != b".\r\n":
            if not line:
                raise ConnectionError  # killed in the middle of a mail: nothing was accepted
            lines.append(line)
        return b"".join(lines)

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a free port of this machine."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
