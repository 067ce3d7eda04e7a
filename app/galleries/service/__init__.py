"""The galleries' use cases."""

from app.galleries import permissions
from app.galleries.service.choosing import (
    add_remark,
    change_remark,
    get_gallery,
    pick,
    remove_remark,
    set_cap,
    unpick,
)
from app.galleries.service.facts import GalleryFacts, GalleryWithPicks, gallery_facts, list_galleries
from app.galleries.service.links import (
    actor_of,
    ensure_gallery,
    gallery_of_link,
    make_link,
    new_pin,
    open_gallery,
    open_link,
    people_of_order,
    unlock,
    withdraw_link,
)
from app.galleries.service.release import download_plan, downloads, release, release_if_due, tell, withdraw_photo
from app.galleries.service.review import (
    add_wish,
    approve,
    approve_all,
    grant_round,
    reconsider,
    remove_wish,
    send_changes,
    skip_review,
)
from app.galleries.service.reviewing import review_page
from app.galleries.service.status import status_of_order
from app.galleries.service.submitting import choice_page, sent_page, submit
from app.galleries.service.viewing import (
    changes,
    choice,
    compare_page,
    gallery_page,
    gallery_part,
    make_lens,
    photo_page,
)

__all__ = [
    "GalleryFacts",
    "GalleryWithPicks",
    "actor_of",
    "add_remark",
    "add_wish",
    "approve",
    "approve_all",
    "change_remark",
    "changes",
    "choice",
    "choice_page",
    "compare_page",
    "download_plan",
    "downloads",
    "ensure_gallery",
    "gallery_facts",
    "gallery_of_link",
    "gallery_page",
    "gallery_part",
    "get_gallery",
    "grant_round",
    "list_galleries",
    "make_lens",
    "make_link",
    "new_pin",
    "open_gallery",
    "open_link",
    "people_of_order",
    "permissions",
    "photo_page",
    "pick",
    "reconsider",
    "release",
    "release_if_due",
    "remove_remark",
    "remove_wish",
    "review_page",
    "send_changes",
    "sent_page",
    "set_cap",
    "skip_review",
    "status_of_order",
    "submit",
    "tell",
    "unlock",
    "unpick",
    "withdraw_link",
    "withdraw_photo",
]
