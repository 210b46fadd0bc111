"""`python -m launch.inside.database`: can the database and the broker do what Redress needs?

Makes the database if it is missing, turns on trigrams and tries them on Chinese. Ends with 1 and one sentence on
standard error when something is in the way.
"""

import os
import socket
import sys
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2
from psycopg2 import errorcodes, sql

LIBPQ_OPTIONS = {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "options"}
OLDEST = 140000  # PostgreSQL 14, as Django 5.2 needs
PATIENCE = 5  # seconds for the broker to answer


def connect(url: str, database: str = "") -> "psycopg2.extensions.connection":
    parts = urlsplit(url)
    place, _, port = parts.netloc.rpartition("@")[2].partition(":")
    connection = psycopg2.connect(
        host=unquote(place) or None,
        port=port or None,
        user=unquote(parts.username or "") or None,
        password=unquote(parts.password or "") or None,
        dbname=database or unquote(parts.path.lstrip("/")),
        **{name: value for name, value in parse_qsl(parts.query) if name in LIBPQ_OPTIONS},
    )
    connection.autocommit = True
    return connection


def ensure_database(url: str) -> "psycopg2.extensions.connection":
    """A connection to the database, made first if the server does not know it."""
    try:
        return connect(url)
    except psycopg2.OperationalError as error:
        if "does not exist" not in str(error) or "database" not in str(error):
            raise
    name = unquote(urlsplit(url).path.lstrip("/"))
    maintenance = connect(url, "postgres")
    with maintenance.cursor() as cursor:
        cursor.execute(sql.SQL("create database {} encoding 'UTF8' template template0").format(sql.Identifier(name)))
    maintenance.close()
    return connect(url)


def refuse_poor_trigrams(connection: "psycopg2.extensions.connection") -> None:
    """Trigrams of Chinese are empty when LC_CTYPE is C, and then search silently finds nothing."""
    if connection.server_version < OLDEST:
        sys.exit("DATABASE_URL leads to a PostgreSQL older than 14: Redress needs 14 or newer.")
    with connection.cursor() as cursor:
        try:
            cursor.execute("create extension if not exists pg_trgm")
        except psycopg2.Error as error:
            if error.pgcode == errorcodes.INSUFFICIENT_PRIVILEGE:
                sys.exit("The database lacks pg_trgm: have its owner run `create extension pg_trgm` once.")
            sys.exit("PostgreSQL comes without pg_trgm: install its contrib package (Debian: postgresql-contrib).")
        cursor.execute("select cardinality(show_trgm('投诉')) > 0")
        if cursor.fetchone() != (True,):
            sys.exit(
                "The database cannot search Chinese: its LC_CTYPE knows no letters beyond ASCII. Make it anew with "
                "`create database … template template0 locale 'C.UTF-8'` (or another UTF-8 locale)."
            )


def main() -> None:
    database_url = os.environ["DATABASE_URL"]
    if urlsplit(database_url).scheme not in {"postgres", "postgresql"}:
        sys.exit("DATABASE_URL must start with postgres:// because Redress keeps its promises with PostgreSQL.")
    try:
        connection = ensure_database(database_url)
    except (psycopg2.Error, ValueError) as error:
        sys.exit(f"DATABASE_URL leads to no database: {str(error).strip()}")
    refuse_poor_trigrams(connection)
    connection.close()
    try_broker(os.environ["REDIS_URL"])


def try_broker(url: str) -> None:
    """Ping the broker. On a socket that needs no client, whose loading takes longer than all the rest here."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "redis+socket":
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(PATIENCE)
                line.connect(parts.path)
                line.sendall(b"PING\r\n")
                answer = line.recv(64)
            if not answer.startswith((b"+PONG", b"-NOAUTH")):
                sys.exit(f"REDIS_URL leads to something that is no Valkey or Redis: it answers {answer!r}.")
        else:
            import redis

            redis.Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE).ping()
    except Exception as error:  # whatever the socket or the client says belongs into the sentence
        sys.exit(f"REDIS_URL leads to no Valkey or Redis: {error}")


if __name__ == "__main__":
    main()
