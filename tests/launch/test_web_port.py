"""The one port."""

import socket

import pytest

from launch import web_port
from launch.errors import LaunchError


def test_a_taken_port_gives_way_to_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with web_port.listen("127.0.0.1", port) as line:
            assert port < line.getsockname()[1] <= port + web_port.TRIES
            assert web_port.address("127.0.0.1", line) == f"http://127.0.0.1:{line.getsockname()[1]}"


def test_an_address_of_another_machine_is_refused_in_a_sentence():
    with pytest.raises(LaunchError, match=r"Cannot listen on 192\.0\.2\.1 port 8000"):
        web_port.listen("192.0.2.1", 8000)


def test_an_office_open_to_other_machines_answers_under_its_own_names():
    assert web_port.allowed_hosts("127.0.0.1") == "127.0.0.1,localhost,[::1]"
    assert socket.gethostname() in web_port.allowed_hosts("0.0.0.0").split(",")
    assert "complaints.example" in web_port.allowed_hosts("complaints.example").split(",")
