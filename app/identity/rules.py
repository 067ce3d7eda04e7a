"""Decisions about people and tries, without a database and without a clock."""

import ipaddress
import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.core.access import ROLES
from app.core.errors import BadInput
from app.identity.errors import BadEmail, PasswordTooLong, PasswordTooShort, UnknownRole, UnknownSkill
from app.identity.schemas import SKILLS

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
STAFF_SESSION = timedelta(days=7)
SIGN_IN_LINK = timedelta(minutes=15)
TRIES_WINDOW = timedelta(minutes=15)
TRIES_BY_EMAIL = 10
TRIES_BY_ADDRESS = 30
OLD_TRIES = timedelta(days=1)
KEEP_OVER = timedelta(days=30)  # of sessions that have ended
KEY_MARK = "sl_"  # how a program's key begins: scanners for leaked secrets find it by this
KEY_HINT = 8  # letters of a key that are shown
USED_EVERY = timedelta(hours=1)
SCOPES: dict[str, frozenset[str]] = {  # what a program may be given, as permissions
    "orders:read": frozenset({"order.read"}),
    "orders:write": frozenset({"order.write", "order.read", "package.read", "customer.write"}),
    "photos:read": frozenset({"photo.read", "order.read", "remark.read"}),
    "photos:write": frozenset({"photo.add", "order.read"}),
    "photos:originals": frozenset({"photo.original", "photo.read"}),
    "galleries:read": frozenset({"gallery.read", "order.read"}),
    "tasks:read": frozenset({"task.read", "order.read"}),
    "money:read": frozenset({"money.read", "order.read"}),
}
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}")


def clean_email(text: str) -> str:
    """Bring an e-mail into the form it is kept in. Raises BadEmail."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise BadEmail
    return email


def check_password(password: str) -> None:
    """Raise PasswordTooShort or PasswordTooLong."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooLong(most=LONGEST_PASSWORD)


def check_roles(roles: Iterable[str]) -> frozenset[str]:
    """Raise UnknownRole for a role this product does not know, or for none at all."""
    wanted = frozenset(roles)
    if unknown := sorted(wanted - set(ROLES)):
        raise UnknownRole(role=unknown[0])
    if not wanted:
        raise UnknownRole(role="-")
    return wanted


def check_skills(skills: Iterable[str]) -> list[str]:
    """Put skills into the order they are known in. Raises UnknownSkill."""
    wanted = frozenset(skills)
    if unknown := sorted(wanted - set(SKILLS)):
        raise UnknownSkill(skill=unknown[0])
    return [skill for skill in SKILLS if skill in wanted]


def network_of(address: str | None) -> str:
    """Name what a visitor is counted by: the address, or the /64 an IPv6 visitor can choose from."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def minutes_left(window_start: datetime, window: timedelta, now: datetime) -> int:
    """Tell in how many minutes a window of tries begins anew; at least one."""
    return max(1, math.ceil((window_start + window - now).total_seconds() / 60))


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """Bring scopes into their order. Raises BadInput for none, or one there is not."""
    wanted = set(scopes)
    if not wanted or wanted - SCOPES.keys():
        raise BadInput("scope_needed")
    return [scope for scope in SCOPES if scope in wanted]


def granted_by(scopes: Iterable[str]) -> frozenset[str]:
    """Name the permissions of some scopes; what is no scope any more grants nothing."""
    return frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))
