#!/usr/bin/env python3
"""Lets one person in, if they have a license, until standard input ends.

    admit.py PRODUCT USER [SOCKET]

Exits with 0 when the person was let in, 1 when they were refused, 2 when nobody could say. Needs libcalm.so
and Python's own ctypes, nothing else.
"""
import ctypes
import sys
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_int32, c_int64, c_size_t, c_void_p, sizeof


class Sized(ctypes.Structure):
    """A structure of calm.h: its size first, all else not said."""

    def __init__(self, **fields):
        super().__init__(sizeof(self), **fields)


class Options(Sized):
    _fields_ = [("size", c_size_t), ("socket_path", c_char_p), ("language", c_char_p),
                ("budget_ms", c_int32), ("check_every_s", c_int32)]


class Request(Sized):
    _fields_ = [("size", c_size_t)] + [(name, c_char_p) for name in (
        "service", "product", "user", "device", "address", "tty", "seat", "station", "via", "from_server",
        "hardware_id", "certificate", "device_mark", "language")] + [(name, c_int32) for name in (
            "mode", "workload", "outside", "administration", "host_service", "wait", "wait_ms",
            "outlives_process")]


class Answer(Sized):
    _fields_ = [("size", c_size_t), ("admitted", c_int32), ("offline", c_int32), ("session_ends", c_int32),
                ("place", c_int32), ("seconds_left", c_int64), ("days_left", c_int32), ("reserved", c_int32),
                ("reason", c_char * 64), ("sentence", c_char * 1024)]


SessionEnds = ctypes.CFUNCTYPE(None, c_void_p, POINTER(Answer), c_void_p)

calm = ctypes.CDLL("libcalm.so.1")
calm.calm_open.argtypes = [POINTER(Options), POINTER(c_void_p)]
calm.calm_admit.argtypes = [c_void_p, POINTER(Request), POINTER(Answer)]
calm.calm_session_begin.argtypes = [c_void_p, POINTER(Request), SessionEnds, c_void_p, POINTER(c_void_p)]
calm.calm_session_end.argtypes = calm.calm_close.argtypes = [c_void_p]
calm.calm_close.restype = None
calm.calm_status_name.argtypes = [c_int]
calm.calm_status_name.restype = c_char_p


def main(product, user, socket=None):
    # One second, to see it at once; a minute is what a server wants.
    options = Options(socket_path=socket.encode() if socket else None, check_every_s=1)
    request = Request(product=product.encode(), user=user.encode())
    answer = Answer()
    handle = c_void_p()

    status = calm.calm_open(byref(options), byref(handle))
    if status == 0:
        status = calm.calm_admit(handle, byref(request), byref(answer))
    if status != 0:
        print(f"admit: {calm.calm_status_name(status).decode()}: {answer.sentence.decode()}", file=sys.stderr)
        return 2
    if not answer.admitted:
        print(f"refused ({answer.reason.decode()}): {answer.sentence.decode()}")
        return 1
    print(f"admitted ({answer.reason.decode()}), days left: {answer.days_left}", flush=True)

    # The callback must live as long as the session.
    ends = SessionEnds(lambda session, lost, data: print(
        f"{user} should leave: {lost.contents.sentence.decode()}", flush=True))
    session = c_void_p()
    calm.calm_session_begin(handle, byref(request), ends, None, byref(session))
    sys.stdin.read()
    calm.calm_session_end(session)
    calm.calm_close(handle)
    return 0


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
