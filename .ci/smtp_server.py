#!/usr/bin/env python3
"""Lets a mail server of others' making (PyPI aiosmtpd) receive the demonstration's mails, over STARTTLS and with a login:

    .ci/smtp_server.py BINARY FOLDER

The server has a certificate of an authority made for this run, takes a login over TLS only and no mail without a login. The
binary plays the demonstration against it with the settings of production. Then the outbox is put back to where nothing had
been sent, and `samsyn run-job mail` meets what goes wrong at operators': an authority that is not trusted, STARTTLS left
out, a wrong password. Nothing may arrive, the log must say why, nothing may be lost; with the right settings everything
arrives. Counted are the server's mails, by Message-ID, against the rows of the outbox. They are left in FOLDER/first and
FOLDER/again as .eml files, for other judges. The status is 1 if anything does not hold.
"""

import hashlib
import logging
import os
import pathlib
import re
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER, PASSWORD = "samsyn@region.example", "råg:bröd/80%"
IN_URL = "samsyn%40region.example:r%C3%A5g%3Abr%C3%B6d%2F80%25"
PATIENCE = 180  # seconds for what was put off by a failure: its pause is some 75


class Server:
    """What it received, and how."""

    def __init__(self, folder):
        self.mails, self.refused = [], 0
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(folder / "server.pem", folder / "server.key")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(
            self, hostname="127.0.0.1", port=self.port, server_hostname="localhost", authenticator=self.authenticate,
            tls_context=tls, require_starttls=True, auth_required=True, auth_require_tls=True, ident="ready",
        )  # fmt: skip
        self.controller.start()

    def authenticate(self, server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.refused += not right
        return AuthResult(success=right, handled=False)

    async def handle_DATA(self, server, session, envelope):
        version = session.ssl["cipher"][1] if session.ssl else "no TLS"
        self.mails.append((version, session.authenticated, envelope.rcpt_tos, envelope.original_content))
        return "250 2.0.0 taken"

    def take(self):
        """What arrived since the last time."""
        taken, self.mails = self.mails, []
        return taken


def openssl(folder, *arguments):
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *arguments]
    subprocess.run([*command, "-days", "30"], cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    openssl(folder, "-keyout", "authority.key", "-out", "authority.pem", "-subj", "/CN=an authority for this run")
    signed = ["-CA", "authority.pem", "-CAkey", "authority.key", "-addext", "basicConstraints=critical,CA:FALSE"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    openssl(folder, "-keyout", "server.key", "-out", "server.pem", *signed, *named)


class Samsyn:
    """The binary in a folder, with the settings of an operator who has an authority of her own."""

    def __init__(self, binary, folder, port):
        self.binary, self.folder, self.port = binary, folder, port

    def run(self, *arguments, login=IN_URL, tls="", trusted=True):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("SAMSYN_", "SSL_CERT"))}
        env["SAMSYN_SMTP_URL"] = f"smtp://{login}@localhost:{self.port}{tls}"
        env["DATABASE_URL"] = "sqlite:samsyn.db"
        env["SAMSYN_OFFICE_HOURS"] = "always"  # by whatever clock this runs
        if trusted:
            env["SSL_CERT_FILE"] = str(self.folder / "authority.pem")
        command = [self.binary, *arguments]
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def rows(self, query):
        with sqlite3.connect(self.folder / "samsyn.db") as database:
            return database.execute(query).fetchall()


def must(holds, what):
    if not holds:
        sys.exit(f"does not hold: {what}")
    print(f"  {what}")


def by_id(mails):
    """How often which bytes came under which Message-ID, without the domain."""
    found = Counter()
    for *_, content in mails:
        of = re.fullmatch(r"<(\S+)@\S+>", message_from_bytes(content)["Message-ID"])[1]
        found[of, hashlib.sha256(content).hexdigest()] += 1
    return found


def write(folder, mails):
    folder.mkdir()
    for number, (*_, content) in enumerate(mails):
        (folder / f"{number:05}.eml").write_bytes(content)


def demonstration(samsyn, server):
    """The mails of `samsyn demo`, each of which the outbox says was sent."""
    played = samsyn.run("demo")
    must(played.returncode == 0, f"the demonstration plays {played.stderr}")
    mails = server.take()
    rows = dict(samsyn.rows("select outbox.id, email from outbox join persons on persons.id = person_id"))
    must(samsyn.rows("select distinct status from outbox") == [("sent",)], "the outbox says that every mail was sent")
    arrived = by_id(mails)
    must(Counter(of for of, _ in arrived.elements()) == Counter(list(rows)), f"{len(rows)} mails arrived, each row's once")
    must({(version, login) for version, login, *_ in mails} == {("TLSv1.3", True)}, "all over TLS 1.3, with the login")
    to = sorted(to for _, _, to, _ in mails)
    must(to == sorted([email] for email in rows.values()), "each to the one person whom its row names")
    return mails


def put_back(samsyn):
    """The outbox as it would be had no mail server been there all the time."""
    # The stories go on into years to come: the instant is one that has passed by any clock.
    columns = "status = 'pending', sent_at = null, attempts = 0, next_at = '2026-01-01 00:00:00'"
    samsyn.rows(f"update outbox set {columns}")


def failures(samsyn, server, all_rows):
    """What operators get wrong: nothing arrives, and nothing is lost."""
    wrong = {"login": "samsyn%40region.example:fel"}
    for what, settings, told in [
        ("a wrong password", wrong, "the mail server answered 535 5.7.8"),
        ("STARTTLS left out", {"tls": "?tls=none"}, "the mail server cannot be used"),
        ("an authority that is not trusted", {"trusted": False}, "invalid peer certificate"),
    ]:
        run = samsyn.run("run-job", "mail", **settings)
        must(run.stdout == "mail: 0 sent, 1 retried, 0 failed\n", f"{what}: one mail is tried, then the queue stops")
        must(told in run.stderr and "@" not in run.stderr, f"{what}: the log says “{told}”")
        must("fel" not in run.stderr and "bröd" not in run.stderr, f"{what}: the log holds no password")
        waiting = samsyn.rows("select count(*) from outbox where status = 'pending'")
        must(server.take() == [] and waiting == [(all_rows,)], f"{what}: nothing arrived, nothing is lost")
    must(server.refused == 1, "the wrong password reached the server once")


def afterwards(samsyn, server, first):
    """Everything arrives once the settings are right, byte for byte what arrived the first time."""
    begun = time.monotonic()
    run = samsyn.run("run-job", "mail")
    took = time.monotonic() - begun
    must(run.returncode == 0, f"the right password: {run.stdout.strip()} {run.stderr}")
    print(f"  {len(server.mails) / took:.0f} mails a second, over TLS, into SQLite")
    while samsyn.rows("select 1 from outbox where status <> 'sent'"):
        if time.monotonic() - begun > PATIENCE:
            sys.exit(f"after {PATIENCE} s there are mails that were not sent")
        time.sleep(5)
        samsyn.run("run-job", "mail")
    mails = server.take()
    must(by_id(mails) == by_id(first), f"{len(mails)} mails arrived, byte for byte those of before")
    return mails


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # clients that break off are meant to
    make_certificates(folder)
    server = Server(folder)
    samsyn = Samsyn(os.path.abspath(sys.argv[1]), folder, server.port)
    first = demonstration(samsyn, server)
    write(folder / "first", first)
    put_back(samsyn)
    failures(samsyn, server, len(first))
    write(folder / "again", afterwards(samsyn, server, first))
    server.controller.stop()


main()
