"""When a program counts as up."""

import http.server
import threading

import pytest

from launch import web_port
from launch.commands.run import Mentions, answers


class _Answer(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_ignored):
        pass


@pytest.mark.parametrize(("status", "up"), [(200, True), (301, True), (400, True), (503, False)])
def test_the_web_server_is_asked_directly_whatever_proxy_is_set(monkeypatch, status, up):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setattr(_Answer, "status", status)
    with web_port.listen("127.0.0.1", 0) as line:
        server = http.server.HTTPServer(line.getsockname(), _Answer, bind_and_activate=False)
        server.socket.close()
        server.socket = line
        asked = threading.Thread(target=server.handle_request)
        asked.start()
        assert answers(line) is up
        asked.join()


def test_a_port_that_nobody_serves_is_not_up():
    with web_port.listen("127.0.0.1", 0) as line:
        line.shutdown(2)
        assert answers(line) is False


def test_only_what_a_log_says_from_now_on_counts(tmp_path):
    log = tmp_path / "worker.log"
    log.write_text("celery@host ready.\n")
    mentions = Mentions(log, " ready.")
    assert not mentions(1)
    with log.open("a") as file:
        file.write("celery@host ready.\n")
    assert mentions(1)
