"""Facts about photos that stop a deed."""

from app.core.errors import BadInput, Conflict


class NotReadyYet(Conflict):
    """The rendition is still being made (or never will be: the version says why)."""

    default_code = "not_ready_yet"


class NothingToRetry(Conflict):
    """The photo has not failed, or somebody was faster."""

    default_code = "nothing_to_retry"


class EmptyRemark(BadInput):
    """A remark without words and chips."""

    default_code = "empty_remark"
