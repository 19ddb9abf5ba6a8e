"""Becomes the server: takes the right user, ties itself to the parent's life, and executes the command.

Run as a script by `embedded.process` with the plainest interpreter, never imported there. A program of its own instead
of a `preexec_fn`, because that one runs Python between fork and exec, which may deadlock in a process with threads.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn, TypedDict

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


class Order(TypedDict):
    """What the parent asks for."""

    parent: int
    death_signal: int
    identity: str
    uid: int
    gid: int
    watch: int


def enter_namespace(uid: int, gid: int) -> None:
    """Be `uid` in a user namespace of our own: outside of it nothing changes, files stay ours."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1")


def become(uid: int, gid: int) -> None:
    """Drop from root to another user for good."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with(parent: int, death_signal: int) -> None:
    """Ask the kernel for a signal when the parent dies; it may have died before we asked."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit(1)


def watch(pid: int, death_signal: int) -> None:
    """Wait on standard input: a byte is a farewell, its end without one means that the parent is dead."""
    if os.read(0, 1) == b"":
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, death_signal)


def main() -> NoReturn:
    """Do what the order in the first argument says with the command in the others."""
    order: Order = json.loads(sys.argv[1])
    if order["watch"]:
        watch(order["watch"], order["death_signal"])
        sys.exit(0)
    if order["identity"] == "namespace":
        enter_namespace(order["uid"], order["gid"])
    elif order["identity"] == "nobody":
        become(order["uid"], order["gid"])
    # After the change of user: the kernel forgets the wish when the credentials change.
    if sys.platform == "linux" and order["parent"]:
        die_with(order["parent"], order["death_signal"])
    os.execv(sys.argv[2], sys.argv[2:])  # becoming the server is the purpose


if __name__ == "__main__":
    main()
