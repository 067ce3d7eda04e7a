"""The galleries' use cases."""

from app.galleries import permissions
from app.galleries.service.choosing import add_remark, get_gallery, pick, remove_remark, set_cap, submit, unpick
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
from app.galleries.service.release import download_plan, downloads, release, status_of_order
from app.galleries.service.viewing import gallery_page, photo_page, summary

__all__ = [
    "GalleryFacts",
    "GalleryWithPicks",
    "actor_of",
    "add_remark",
    "download_plan",
    "downloads",
    "ensure_gallery",
    "gallery_facts",
    "gallery_of_link",
    "gallery_page",
    "get_gallery",
    "list_galleries",
    "make_link",
    "new_pin",
    "open_gallery",
    "open_link",
    "people_of_order",
    "permissions",
    "photo_page",
    "pick",
    "release",
    "remove_remark",
    "set_cap",
    "status_of_order",
    "submit",
    "summary",
    "unlock",
    "unpick",
    "withdraw_link",
]
