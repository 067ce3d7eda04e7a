"""The production's use cases."""

from app.production import permissions
from app.production.service.flow import (
    add_default_workflow,
    begin_order,
    complete_step,
    happen,
    must_happen,
    open_round,
    stage_of,
)
from app.production.service.packets import packet, stored_entry, zip_date
from app.production.service.programs import add_order_for, get_task, list_tasks
from app.production.service.quality import (
    accept,
    accepted_versions,
    mark,
    may_undo,
    pin,
    pins_of,
    send_back,
    undo,
    unpin,
)
from app.production.service.queue import lapse_tasks, plan, queue_of
from app.production.service.retouching import (
    give_back,
    hand_in,
    hand_in_file,
    match_by_hand,
    own_task,
    prepare_hand_in,
    put_aside,
    take_next_job,
    tick_remark,
    write_down_hand_in,
)
from app.production.service.views import first_waiting, judged_page, order_list, order_page, quality_queue, task_page

__all__ = [
    "accept",
    "accepted_versions",
    "add_default_workflow",
    "add_order_for",
    "begin_order",
    "complete_step",
    "first_waiting",
    "get_task",
    "give_back",
    "hand_in",
    "hand_in_file",
    "happen",
    "judged_page",
    "lapse_tasks",
    "list_tasks",
    "mark",
    "match_by_hand",
    "may_undo",
    "must_happen",
    "open_round",
    "order_list",
    "order_page",
    "own_task",
    "packet",
    "permissions",
    "pin",
    "pins_of",
    "plan",
    "prepare_hand_in",
    "put_aside",
    "quality_queue",
    "queue_of",
    "send_back",
    "stage_of",
    "stored_entry",
    "take_next_job",
    "task_page",
    "tick_remark",
    "undo",
    "unpin",
    "write_down_hand_in",
    "zip_date",
]
