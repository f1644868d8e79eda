"""Keeping what a process knows in its memory: no dump, no look from outside, no swap."""

import ctypes
import os
import resource
from pathlib import Path

PR_SET_DUMPABLE = 4
"""linux/prctl.h. Not dumpable: no other process of the same user may trace this one or read its memory (ptrace(2))."""
LOCK_NOW, LOCK_LATER, LOCK_WHEN_USED = 1, 2, 4
"""MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT of mlockall(2)."""
SWAPS = Path("/proc/swaps")


def keep_to_itself() -> list[str]:
    """Let nothing of this process's memory out. Returns what could not be had, in sentences that say what to do."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    troubles = []
    libc = ctypes.CDLL(None, use_errno=True)
    if not _call(libc, "prctl", PR_SET_DUMPABLE, 0, 0, 0, 0):
        troubles.append("Other programmes of this user may read this one’s memory. Use a machine with Linux.")
    if not (_may_lock() and _call(libc, "mlockall", LOCK_NOW | LOCK_LATER | LOCK_WHEN_USED)):
        troubles.append(
            "Memory cannot be kept out of the swap. Switch the swap off first (swapoff -a), or run this as root."
            if _swaps()
            else "Memory cannot be locked. This machine has no swap, so nothing gets there; do not add one meanwhile."
        )
    return troubles


def _may_lock() -> bool:
    """Whether there is no bound on locked memory. With one, the process would die of it as it grows."""
    _, most = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if most == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (most, most))
        return True
    return os.geteuid() == 0


def _swaps() -> bool:
    """Whether the machine has a swap; taken for granted where it does not say."""
    try:
        return len(SWAPS.read_text().splitlines()) > 1
    except OSError:
        return True


def _call(libc: ctypes.CDLL, name: str, *arguments: int) -> bool:
    """Call a function of the C library that returns 0 if it went well; one that is not there went badly."""
    function = getattr(libc, name, None)
    return function is not None and function(*map(ctypes.c_ulong, arguments)) == 0
