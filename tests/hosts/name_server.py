"""A name server for a story: answers the SRV question for the name NAME on port 53 of loopback with the lines of FILE,
each `PRIORITY WEIGHT PORT TARGET`, read anew for each question, and everything else with "no such name".

    name_server.py NAME FILE
"""
import socket
import struct
import sys

SRV, NO_SUCH_NAME = 33, 3


def encoded(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def answer(question, wanted, records):
    end = question.index(0, 12) + 5
    asked = question[12:end]
    fits = asked[:-4].lower() == encoded(wanted).lower() and asked[-4:] == struct.pack(">HH", SRV, 1)
    found = []
    for priority, weight, port, target in records if fits else []:
        data = struct.pack(">HHH", int(priority), int(weight), int(port)) + encoded(target)
        found.append(b"\xc0\x0c" + struct.pack(">HHIH", SRV, 1, 30, len(data)) + data)
    flags = 0x8580 if fits else 0x8580 | NO_SUCH_NAME
    return question[:2] + struct.pack(">HHHHH", flags, 1, len(found), 0, 0) + asked + b"".join(found)


def main():
    wanted, file = sys.argv[1:]
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    while True:
        question, asker = server.recvfrom(1500)
        with open(file, encoding="ascii") as lines:
            records = [line.split() for line in lines if line.strip()]
        server.sendto(answer(question, wanted, records), asker)


main()
