#!/usr/bin/env python3
"""Mail servers and web servers that a license server tells of alerts, as strict as those of others: they take
mail only under TLS from somebody who signed in.

receivers.py DIRECTORY ACCOUNT PASSWORD NAME=KIND:PEM...: listens on loopback once for each NAME and writes
DIRECTORY/ports, a line `NAME PORT` each. KIND is starttls, tls (from the first byte), bare (mail without
either), or https; PEM holds certificate and key. What NAME takes is DIRECTORY/NAME-1, NAME-2 …: how it came
(`# TLSv1.3 signed in as …`), then what was sent. What is refused is a line in DIRECTORY/NAME.refused.
"""
import base64
import os
import socketserver
import ssl
import sys
import threading

LINE_MAX = 2048
BODY_MAX = 1 << 20


class Receiver(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, name, kind, pem):
        super().__init__(("127.0.0.1", 0), WebHook if kind == "https" else Mail)
        self.name, self.kind, self.taken, self.lock = name, kind, 0, threading.Lock()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if pem:
            self.tls.load_cert_chain(pem)

    def take(self, how, text):
        with self.lock:
            self.taken += 1
            path = os.path.join(directory, f"{self.name}-{self.taken}")
            with open(path + ".part", "wb") as file:
                file.write(f"# {how}\n".encode() + text)
            os.rename(path + ".part", path)

    def refuse(self, why):
        with self.lock, open(os.path.join(directory, self.name + ".refused"), "a", encoding="utf-8") as file:
            file.write(why + "\n")

    def handle_error(self, request, client_address):
        self.refuse(repr(sys.exc_info()[1]))


class Talk(socketserver.StreamRequestHandler):
    def begin_tls(self):
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.setup_files()

    def setup_files(self):
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)

    def line(self):
        line = self.rfile.readline(LINE_MAX)
        if not line.endswith(b"\n"):
            raise ConnectionError("it hung up")
        return line.rstrip(b"\r\n")

    def say(self, *lines):
        self.wfile.write("".join(line + "\r\n" for line in lines).encode())

    def how(self):
        return self.connection.version() if isinstance(self.connection, ssl.SSLSocket) else "no TLS"


class Mail(Talk):
    def handle(self):
        self.who, self.envelope = None, []
        if self.server.kind == "tls":
            self.begin_tls()
        self.say("220 test")
        while self.answer(self.line().decode("ascii")):
            pass

    def is_open(self):
        """To mail: whoever is not, has to do something first."""
        return self.server.kind == "bare" or self.who is not None

    def answer(self, line):
        word = line.split(" ")[0].upper()
        secret = isinstance(self.connection, ssl.SSLSocket)
        if word == "EHLO":
            offers = ["AUTH PLAIN LOGIN"] if secret else ["STARTTLS"] if self.server.kind == "starttls" else []
            self.say("250-test", *[f"250-{each}" for each in offers], "250 8BITMIME")
        elif word == "STARTTLS" and self.server.kind == "starttls" and not secret:
            self.say("220 go on")
            self.begin_tls()
        elif word == "AUTH" and secret:
            self.sign_in(line.split(" ")[1:])
        elif word in ("MAIL", "RCPT", "DATA") and not self.is_open():
            self.server.refuse(f"{word} with {self.how()}, not signed in")
            self.say("530 authentication required")
        elif word in ("MAIL", "RCPT"):
            self.envelope.append(line)
            self.say("250 yes")
        elif word == "DATA":
            self.say("354 go on")
            text = []
            while (each := self.line()) != b".":
                text.append(each[1:] if each.startswith(b"..") else each)
            self.server.take(f"{self.how()} signed in as {self.who}", "\n".join(self.envelope).encode() + b"\n\n" + b"\n".join(text) + b"\n")
            self.say("250 taken")
        elif word == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("502 what?")
        return True

    def sign_in(self, words):
        def ask(prompt):
            self.say("334 " + base64.b64encode(prompt).decode())
            return base64.b64decode(self.line())

        if words[0].upper() == "PLAIN":
            _, name, password = (base64.b64decode(words[1]) if words[1:] else ask(b"")).split(b"\0")
        else:
            name, password = ask(b"Username:"), ask(b"Password:")
        if (name.decode(), password.decode()) == (account, secret_word):
            self.who = name.decode()
            self.say("235 welcome")
        else:
            self.server.refuse(f"{name.decode()} with a wrong password")
            self.say("535 authentication credentials invalid")


class WebHook(Talk):
    def handle(self):
        self.begin_tls()
        head, length = [], 0
        while line := self.line():
            head.append(line)
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        body = self.rfile.read(min(length, BODY_MAX))
        self.server.take(self.how(), b"\n".join(head) + b"\n\n" + body)
        self.say("HTTP/1.1 204 taken", "Connection: close", "")


directory, account, secret_word = sys.argv[1:4]
receivers = []
for argument in sys.argv[4:]:
    name, _, rest = argument.partition("=")
    kind, _, pem = rest.partition(":")
    receivers.append(Receiver(name, kind, pem))
for receiver in receivers[1:]:
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
with open(os.path.join(directory, "ports.part"), "w", encoding="utf-8") as ports:
    ports.writelines(f"{each.name} {each.server_address[1]}\n" for each in receivers)
os.rename(os.path.join(directory, "ports.part"), os.path.join(directory, "ports"))
receivers[0].serve_forever()
