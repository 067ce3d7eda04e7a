"""What the supervisor and its workers agree on."""

import socket

TOKEN = "SAFELIGHT_OWNER_TOKEN"  # noqa: S105 - the name of a variable; it names a process and opens nothing
PREDECESSOR = "SAFELIGHT_PREDECESSOR"
UNUSABLE = 78  # EX_CONFIG: starting again cannot help


def owner_name(pid: int, token: str) -> str:
    """Name a process in the lease column, so that the supervisor can say it too."""
    return f"{socket.gethostname()}:{pid}:{token}"
