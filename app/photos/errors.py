"""Facts about photos that stop a deed."""

from typing import ClassVar

from app.core.errors import BadInput, Conflict, Gone, SafelightError


class NotReadyYet(Conflict):
    """The rendition is still being made (or never will be: the version says why)."""

    default_code = "not_ready_yet"


class NothingToRetry(Conflict):
    """The photo has not failed, or somebody was faster."""

    default_code = "nothing_to_retry"


class EmptyRemark(BadInput):
    """A remark without words and chips."""

    default_code = "empty_remark"


class NoPhotoName(BadInput):
    """The file's name is not a picture's, or it is empty or too large."""

    default_code = "not_a_photo_name"


class UploadGone(Gone):
    """The upload was given up, or its time is over."""

    default_code = "upload_gone"


class UploadDone(Conflict):
    """The upload is complete already."""

    default_code = "upload_done"


class OffsetMismatch(Conflict):
    """The bytes do not begin where ours end."""

    default_code = "offset_mismatch"


class UploadLocked(SafelightError):
    """Another request is writing to this upload."""

    status: ClassVar[int] = 423
    default_code = "upload_busy"


class ChecksumMismatch(SafelightError):
    """What came is not what was announced; nothing of it is kept."""

    status: ClassVar[int] = 460
    default_code = "checksum_mismatch"
