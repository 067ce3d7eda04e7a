"""Facts about production that stop a deed."""

from app.core.errors import BadInput, Conflict


class NoTask(Conflict):
    """The queue is empty."""

    default_code = "no_task"


class TaskMoved(Conflict):
    """The task is not (any more) in a state that allows it."""

    default_code = "task_moved"


class FinalsMissing(Conflict):
    """Photos of the brief have no finished file yet."""

    default_code = "finals_missing"


class FinalsUnmatched(Conflict):
    """Files wait for somebody to say which photo they are."""

    default_code = "finals_unmatched"


class FinalsNotReady(Conflict):
    """Finished files are still being prepared, or cannot be read."""

    default_code = "finals_not_ready"


class MarksOpen(Conflict):
    """Work is accepted while photos of it are marked."""

    default_code = "marks_open"


class UndoOver(Conflict):
    """A decision is too old to be taken back, or the work has gone on."""

    default_code = "undo_over"


class NothingNew(Conflict):
    """Work that came back is handed in again without a new file."""

    default_code = "nothing_new"


class SameAsOriginal(BadInput):
    """A finished file is byte for byte a file the order has already."""

    default_code = "same_as_original"


class ReasonNeeded(BadInput):
    """To send work back, a reason is needed."""

    default_code = "reason_needed"


class MoveNotPossible(Conflict):
    """The order cannot be moved there by hand; the code says why."""

    default_code = "move_nowhere"


class NothingToChooseFrom(Conflict):
    """No photo of the order is ready."""

    default_code = "move_photos_missing"


class UndoTooLate(Conflict):
    """Something else has happened to the order since, or the moment has passed."""

    default_code = "undo_too_late"
