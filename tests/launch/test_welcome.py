"""The table of accounts stays a table with Chinese in it."""

from launch import welcome


def test_columns_line_up_although_chinese_is_twice_as_wide():
    demo = {
        "accounts": [
            {"role": "agent", "department": "Head office", "email": "a@example.org", "password": "one"},
            {"role": "supervisor", "department": "台北分店", "email": "b@example.org", "password": "two"},
        ],
        "api_token": "rdr_1",
    }
    lines = welcome.introduction(demo, "http://127.0.0.1:8000")
    at = [welcome._width(line[: line.index(word)]) for line, word in zip(lines, ["email", "a@", "b@"], strict=False)]
    assert len(set(at)) == 1
    assert any("rdr_1" in line for line in lines)


def test_an_office_without_demo_introduces_nobody():
    assert welcome.introduction({}, "http://127.0.0.1:8000") == []
