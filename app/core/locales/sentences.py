"""What each code means to a person: what happened, what is safe, what to do next."""

from collections.abc import Mapping
from typing import Any

from app.core import i18n
from app.core.i18n import N_
from app.core.locales.deeds import DEEDS

GENERAL = N_("Something did not work (%(code)s). Nothing was lost. Try again, or tell the studio.")

SENTENCES: dict[str, str] = {
    # every request
    "internal": N_("Something went wrong on our side. What you did before is saved. Try again in a moment."),
    "bad_input": N_("Something in the form is missing or cannot be used. Check it and send it again."),
    "bad_request": N_("The request could not be read. Go back, reload the page and try again."),
    "bad_cursor": N_("This page of the list does not exist. Start again from the first page."),
    "sign_in_needed": N_("Please sign in first. Customers use the link their studio sent them."),
    "bad_api_key": N_("This key opens nothing: it is unknown, expired or was withdrawn. The owner makes a new one."),
    "idempotency_key_used": N_("This Idempotency-Key belongs to a call that asked for something else. Use a new key."),
    "not_a_photo_name": N_(
        "%(name)s does not end like a photo. Give the name the camera gave it, such as IMG_0001.CR3."
    ),
    "branch_needed": N_("The studio has several branches: say for which one this is."),
    "scope_needed": N_("Choose at least one thing the key may do."),
    "forbidden": N_("Your role does not include this. Ask the owner or a manager of the studio."),
    "foreign_origin": N_(
        "This request did not come from a page of this studio, so nothing was changed. Open the page again "
        "and repeat it."
    ),
    "stale_page": N_("This page was open while you signed in or out. Nothing was changed. Reload it and try again."),
    "not_found": N_("There is nothing here, or it is not meant for you. Check the address."),
    "method_not_allowed": N_("This address does not do that. Go back and use the buttons of the page."),
    "conflict": N_("Someone was faster, or things have changed meanwhile. Reload the page to see how they are now."),
    "gone": N_("This link has expired or was withdrawn. Your photos are safe. Ask the studio for a new link."),
    "too_large": N_("This is more than is taken here at once. Nothing was saved. Send less or smaller files."),
    "too_many": N_("Too many tries. Nothing is lost. Please try again in %(minutes)s minutes."),
    "too_many_streams": N_("Too many pages are open at once. This one asks every few seconds instead."),
    "too_many_requests": N_("Too many requests at once. Please try again in a moment."),
    "unavailable": N_("A part of the system does not answer at the moment. What was saved is safe. Try again shortly."),
    "database_busy": N_("The database does not answer at the moment. This step was not saved. Try again shortly."),
    # settings, and servers that do not answer when a process starts
    "secret_needed": N_(
        "SAFELIGHT_SECRET is missing or shorter than 32 characters. Make one, and give every web and worker the same: export SAFELIGHT_SECRET=$(python3 -c 'import secrets; print(secrets.token_urlsafe(32))')"
    ),
    "setting_no_number": N_(
        "PORT, SAFELIGHT_WORKERS, SAFELIGHT_LEASE_S, SAFELIGHT_TASK_LEASE_H, SAFELIGHT_RESERVE_BYTES and SAFELIGHT_MAX_MEGAPIXELS are numbers (%(told)s)."
    ),
    "setting_out_of_range": N_(
        "PORT is 0 to 65535, SAFELIGHT_WORKERS and SAFELIGHT_MAX_MEGAPIXELS are at least 1, SAFELIGHT_LEASE_S is more than 0 and at most 3600, SAFELIGHT_RESERVE_BYTES is not below 0."
    ),
    "setting_no_task_lease": N_("SAFELIGHT_TASK_LEASE_H is a number of hours from 1 to %(most)s."),
    "setting_no_zone": N_("SAFELIGHT_TIMEZONE: %(zone)s is not known. Name one like Asia/Shanghai."),
    "setting_no_database": N_(
        "SAFELIGHT_DATABASE_URL begins with %(scheme)s, which is no database this program knows. Type: postgresql://user:password@host:5432/safelight (or leave it out for a file of its own)."
    ),
    "setting_no_broker": N_(
        "SAFELIGHT_BROKER_URL begins with %(scheme)s, which is no broker this program knows. Type: redis://host:6379/0 (or leave it out on a single machine)."
    ),
    "setting_no_store": N_(
        "SAFELIGHT_STORAGE_URL begins with %(scheme)s, which is no store this program knows. Type: s3://KEY:SECRET@host:port/bucket (or leave it out for a folder of its own)."
    ),
    "setting_no_base_url": N_(
        "SAFELIGHT_BASE_URL is the address people type, without a path, like https://photos.example.com. “%(address)s” is not one."
    ),
    "bad_store_url": N_(
        "SAFELIGHT_STORAGE_URL cannot be read (%(reason)s). Type: s3://KEY:SECRET@host:port/bucket?secure=1 with %%-encoded signs in key and secret."
    ),
    "old_schema": N_("The database is at version %(have)s, this program needs %(want)s. Type: safelight migrate"),
    "database_away": N_(
        "The database at %(place)s does not answer. See that it runs and that SAFELIGHT_DATABASE_URL is right, then start again. More: safelight doctor"
    ),
    "broker_away": N_(
        "The broker at %(place)s does not answer. See that Redis runs and that SAFELIGHT_BROKER_URL is right, then start again. More: safelight doctor"
    ),
    "store_away": N_(
        "The store at %(place)s cannot be used (%(reason)s). See that it runs and that SAFELIGHT_STORAGE_URL and its rights are right, then start again. More: safelight doctor"
    ),
    # signing in and staff
    "wrong_sign_in": N_("E-mail and password do not match. Check both, or ask the owner for a sign-in link."),
    "sign_in_link_used": N_("This sign-in link was used already: it works once. Ask the owner for a new one."),
    "sign_in_link_expired": N_("This sign-in link is older than 15 minutes. Ask the owner for a new one."),
    "staff_disabled": N_("This person's access has been closed."),
    "email_taken": N_("Someone in the system has this e-mail already. Use another one."),
    "last_owner": N_("A studio needs at least one owner. Make someone else an owner first."),
    "bad_email": N_("This is not an e-mail address. It looks like name@example.com."),
    "unknown_role": N_("There is no role “%(role)s”. Choose one from the list."),
    "unknown_skill": N_("There is no skill “%(skill)s”. Choose one from the list."),
    "password_too_short": N_("The password needs at least %(least)s characters. A short sentence is good."),
    "password_too_long": N_("The password may have at most %(most)s characters."),
    "no_studio": N_("There is no studio yet. Begin one with: safelight studio NAME --email E-MAIL --owner NAME"),
    "no_photos_in_folder": N_("There are no photos in %(folder)s. Name a folder that holds some."),
    "orders_in_the_way": N_("This studio has %(count)s orders already. With --yes invented ones are added to them."),
    "bad_history": N_("%(history)s is no length of time. Write 12m for twelve months or 2y for two years."),
    "data_folder_in_use": N_("%(folder)s belongs to another studio already. Choose another folder (SAFELIGHT_DATA)."),
    "no_such_staff": N_("Nobody here has the e-mail %(email)s."),
    # orders, photos, production, galleries
    "name_needed": N_("A name is needed."),
    "title_needed": N_("A title is needed."),
    "order_closed": N_("This order is closed and takes nothing more. Its photos are safe."),
    "no_such_order": N_("There is no order with the number %(number)s."),
    "order_elsewhere": N_("This order has moved on meanwhile. Reload the page to see where it is."),
    "not_ready_yet": N_("This picture is still being made. The page shows it as soon as it is ready."),
    "nothing_to_retry": N_("There is nothing to try again: the photo is fine, or someone was faster."),
    "empty_remark": N_("The remark is empty. Write a few words or choose one of the chips."),
    "photo_not_chosen": N_("Say first which photo the file is. The file is safe."),
    "photo_not_in_brief": N_("This photo is not part of the order for the retoucher."),
    "unknown_payment_method": N_("This way to pay is not known. Choose one from the list."),
    "strange_amount": N_("This amount cannot be right. Check it and send it again."),
    "form_used": N_("This form was sent before with another amount. Reload the page and see what is recorded."),
    # customers and money
    "bad_phone": N_("No phone number can be read from this. It looks like 138 0000 0000 or +86 138 0000 0000."),
    "same_phone": N_("There is already %(name)s with this phone number. Open them, or say that this is another one."),
    "tag_needed": N_("Type a word for the tag first."),
    "note_needed": N_("The note is empty. Write a few words first."),
    "household_full": N_("A household has at most %(most)s people here."),
    "last_person": N_("One person at least stays in the household. Change them instead."),
    "customer_changed": N_(
        "Another window has saved this customer meanwhile. What you typed is below; look at both and save again."
    ),
    "studio_changed": N_(
        "Another window has saved the studio meanwhile. What you typed is below; look at both and save again."
    ),
    "package_retired": N_("This package was changed or taken off sale meanwhile. Open the list again."),
    "day_ahead": N_("This day is still to come. Note the day on which it was paid."),
    "bad_period": N_("The first day lies after the last one. Turn them round."),
    "why_needed": N_("Say why in a few words; it stays with the line."),
    "already_reversed": N_("This line was undone already. It is undone once."),
    "not_reversible": N_("What undoes a line is not undone itself. Write the sum down anew."),
    "below_zero": N_("This would take away more than there is. Look at the lines below and undo the later one first."),
    "refund_too_large": N_("At most %(most)s was paid and can be given back."),
    "no_receipt_of_undone": N_("This payment was undone; there is no receipt for it."),
    "receipt_not_ready": N_("The receipt is still being made. Try again in a moment."),
    "wrong_pin": N_("This PIN is not right. Look at the studio's message again; %(left)s more tries."),
    "pin_needed": N_("Please type the PIN from the studio's message first."),
    "open_link_again": N_("Please open the studio's link once more, then type the PIN."),
    "link_unknown": N_("This link is not complete. Copy it again from the studio's message."),
    "link_expired": N_("This link has expired. Your photos are safe. Ask the studio for a new link."),
    "link_withdrawn": N_("The studio has withdrawn this link. Your photos are safe. Ask the studio for a new one."),
    "pick_limit_reached": N_(
        "At most %(most)s photos can be chosen. Your choice is safe. Take one out to add another."
    ),
    "cap_reached": N_("You have set %(cap)s extra photos as your limit. Raise it, or take one photo out first."),
    "extra_costs": N_("This is one more than your package includes, and it costs extra. Say yes first."),
    "photo_withdrawn": N_("The studio has taken this photo back for now. Your other photos and your choice are safe."),
    "strange_cap": N_("The limit is a number from 0 to 9999."),
    "already_submitted": N_(
        "Your choice has been sent already. Ask the studio to open it again if you want to change it."
    ),
    "choice_changed": N_(
        "The choice has changed since this page was opened. Nothing was sent. Look at it again, then send it."
    ),
    "nothing_chosen": N_("Nothing is chosen yet. Choose at least one photo, then send."),
    "choice_sent": N_("Thank you. Your choice is with us, and the retoucher begins."),
    "cap_kept": N_("Your limit is kept. It holds for everyone who chooses with you."),
    "cap_lifted": N_("There is no limit any more."),
    "remark_kept": N_("Your remark is saved."),
    "remark_taken_back": N_("Your remark is taken back."),
    "nothing_released": N_("The finished photos are not released yet. The studio will tell you when they are."),
    "not_accepted_yet": N_("The quality check has not accepted the work yet. Release it afterwards."),
    "review_waits": N_(
        "The customer has not approved the photos yet. Wait for their word, or go on without the review."
    ),
    "not_in_review": N_("This has been settled meanwhile. The page shows how things are now."),
    "newer_version": N_("There is a newer version of this photo. Look at it first, then say what you think."),
    "change_asked": N_("A change is asked for on this photo. Take the remark back first if it is fine as it is."),
    "changes_wait": N_("Changes are asked for on %(count)s photos. Send them, or take the remarks back first."),
    "no_change_asked": N_("No change is asked for yet. Open a photo and say what you would like changed."),
    "rounds_used": N_("The free rounds of changes are used up. Please talk to your studio: they will find a way."),
    "skip_reason_needed": N_("To go on without the customer's word, say why."),
    "grant_expired": N_("This address was good for a few minutes. Your photos are safe. Make a new one on your page."),
    "wish_kept": N_("Noted. Send the changes when you have looked at all photos."),
    "changes_sent": N_("Your changes are with the retoucher. We tell you when there is something new to see."),
    "review_approved": N_("Thank you. The photos are settled as they are."),
    "review_released": N_("Thank you. Your photos are ready to be saved."),
    "grant_withdrawn": N_("The address no longer works."),
    "balance_open": N_("%(owed)s is still open, and this package is released when it is paid. Note the payment first."),
    "no_such_person": N_("This person does not belong to the order's customer. Choose one from the list."),
    "no_such_product": N_("This product is not part of the order's package."),
    "no_task": N_("There is no job waiting at the moment."),
    "task_moved": N_("This job has moved on meanwhile. Reload the page to see where it is."),
    "finals_missing": N_("%(count)s finished photos are still missing: %(names)s. Hand them in, then finish the job."),
    "finals_unmatched": N_("Some files fit no photo of this job yet. Say which photo they are, or remove them."),
    "finals_not_ready": N_("%(count)s finished photos are still being prepared or cannot be read: %(names)s."),
    "marks_open": N_("%(count)s photos are marked. Send the work back, or take the marks away and accept it."),
    "undo_over": N_("This can no longer be taken back: the work has gone on. Its order shows where it is."),
    "final_smaller": N_(
        "The finished file has %(width)s × %(height)s pixels, the original %(was_width)s × %(was_height)s."
    ),
    "final_other_shape": N_(
        "The finished file has another shape: %(width)s × %(height)s instead of %(was_width)s × %(was_height)s."
    ),
    "nothing_new": N_("Nothing new was handed in since the work came back. Send at least one file first."),
    "same_as_original": N_("This file is the same as one the order has already. Hand in the retouched one."),
    "reason_needed": N_("To send work back, say what should be different."),
    # moving orders by hand
    "move_reason_needed": N_("Say why the order is moved. One tap is enough."),
    "move_nowhere": N_("An order cannot be moved there by hand."),
    "move_photos_missing": N_(
        "None of the photos is ready yet, so there is nothing to choose from. It moves on by itself."
    ),
    "move_choice_missing": N_("The customer has not handed a choice over yet, so nobody knows what to retouch."),
    "move_finals_missing": N_("Retouching comes to the quality check with its finished photos, and from there on."),
    "move_judgement_missing": N_("The quality check decides: accept the work there, and the order moves on."),
    "move_approval_missing": N_("The customer looks at the finished photos first. They approve them in their gallery."),
    "move_release_missing": N_("Release the photos on the order's page: there it shows whether everything is paid."),
    "move_delivered": N_("This order is delivered. The customer has the photos, so it stays where it is."),
    "move_backwards": N_("What the customer has done already is not undone by moving the order back."),
    "undo_too_late": N_(
        "Too late to take it back: something else has happened to the order since. It stays where it is."
    ),
    # uploads
    "bad_upload": N_("The upload arrived incomplete. The photos are still on your computer. Send them again."),
    "upload_interrupted": N_(
        "The upload was interrupted. What had arrived is kept, the rest is still on your computer."
    ),
    "too_many_parts": N_("These are too many files at once. Send them in several goes."),
    "upload_busy": N_("This file is being sent by another window already. Wait for it to finish."),
    "file_too_large": N_("%(name)s is larger than 4 GB. Split it or export it smaller."),
    "upload_gone": N_("This file is not expected any more. Choose it again to send it."),
    "upload_done": N_("This file has arrived whole already."),
    "offset_mismatch": N_("The file goes on where its last safe part ends."),
    "checksum_mismatch": N_("A part arrived damaged and was not kept. It is sent again."),
    "upload_too_long": N_("More arrived than the file had when it was chosen. Was it changed? Choose it again."),
    "no_match": N_(
        "%(name)s fits no photo of this job. The file was kept. Match it by hand or send it with its camera name."
    ),
    "duplicate_file": N_("%(name)s is here already. Nothing was added."),
    # storage
    "storage_error": N_("The store reported an error. Nothing was lost. Try again in a moment."),
    "object_not_found": N_("The file is not in the store. The studio has been told; other photos are not affected."),
    "key_taken": N_("Another file lies in this place already. Neither was changed."),
    "object_damaged": N_("The file arrived damaged. It is still on your computer. Send it again."),
    "store_full": N_(
        "The store is full. Nothing was lost: the photos are still on your computer. Make room, then send again."
    ),
    "store_unavailable": N_("The store does not answer at the moment. What was saved is safe. Try again shortly."),
    "bad_key": N_("The store does not know this name."),
    # files the pipeline refused
    "empty_file": N_("The file is empty. Copy it from the card again."),
    "not_an_image": N_("This is not a picture, whatever its name says."),
    "unsupported_format": N_(
        "Pictures of the format %(format)s are not taken. Send JPEG, PNG, TIFF, WebP, HEIC or RAW."
    ),
    "unreadable": N_("The picture cannot be read: it is damaged or cut off. Copy it from the card again."),
    "no_such_file": N_("There is no such file."),
    "cannot_open": N_("The file cannot be opened (%(reason)s)."),
    "file_unreadable": N_("The file cannot be read from its disk (%(reason)s). It was not taken in."),
    "disk_full": N_("There is no space left on the disk. Make room, then run it again."),
    "truncated": N_("The file ends too early: part of the picture is missing. Copy it from the card again."),
    "zero_size": N_("The picture has no width or no height."),
    "too_many_pixels": N_("The picture has %(megapixels)s megapixels; at most %(limit)s are taken. Export it smaller."),
    "raw_unsupported": N_("This RAW file cannot be developed. Send a JPEG or a DNG of it."),
    # warnings beside a picture that is shown
    "damaged": N_("Parts of the file are damaged: look closely, some of the picture may be wrong."),
    "wrong_extension": N_("The file's name promises another format than it has. It is shown all the same."),
    "odd_exif": N_("The camera's notes in the file are damaged: time and camera may be missing."),
    "bad_icc": N_("The colour profile is damaged: colours may be slightly off."),
    "cmyk_without_profile": N_("A print picture (CMYK) without a colour profile: colours are a guess."),
    "clipped_hdr": N_("A picture with more brightness than a screen shows: its highlights were cut."),
    "raw_dark": N_("The RAW file developed almost black. Look at it before you go on."),
    "raw_differs": N_("The developed RAW file looks different from the camera's preview. Look at it before you go on."),
    "raw_preview_only": N_("Only the camera's preview could be read from this RAW file."),
    "odd_preview": N_("The camera's preview in this RAW file had swapped colours; they were put right."),
    "carries_gps": N_("This finished file says where it was taken (GPS). It goes to the customer as it is."),
    "carries_serial": N_("This finished file names the camera's serial number. It goes to the customer as it is."),
    # work that failed
    "infrastructure": N_(
        "The file is fine, but the work on it was interrupted too often. Try again; tell whoever runs the system."
    ),
    "sandbox_lost": N_("The program that reads pictures stopped. The file is fine and will be tried again."),
    "decoder_crashed": N_(
        "The program that reads pictures crashed on this file three times. The other photos are not affected."
    ),
    "document_not_made": N_(
        "The PDF could not be made. What it says is safe; try again, or tell whoever runs the server."
    ),
    "document_too_slow": N_("Making the PDF took too long. What it says is safe; try again in a moment."),
    "decoder_timeout": N_("Reading this file took too long three times. The other photos are not affected."),
    "decoder_memory": N_("Reading this file needed too much memory three times. The other photos are not affected."),
    "decoder_limit": N_("Reading this file went beyond a limit three times. The other photos are not affected."),
}

SENTENCES |= DEEDS

TITLES: dict[int, str] = {
    400: N_("This could not be read"),
    401: N_("Please sign in"),
    403: N_("This is not allowed"),
    404: N_("Not found"),
    405: N_("This does not work here"),
    409: N_("Things have changed"),
    410: N_("No longer valid"),
    413: N_("Too large"),
    422: N_("Please check"),
    429: N_("A short pause"),
    500: N_("Something went wrong"),
    503: N_("Not available at the moment"),
    507: N_("No room left"),
}


def _plain(value: Any) -> Any:
    """Write 400.0 as 400."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def sentence(code: str, params: Mapping[str, Any] | None = None, locale: str | None = None) -> str:
    """Say what a code means, in a locale or the reader's; an unknown code gets a general sentence that names it."""
    catalogue = i18n.translations(locale or i18n.language.get())
    known = SENTENCES.get(code)
    if known is not None:
        try:
            return catalogue.gettext(known) % {name: _plain(value) for name, value in (params or {}).items()}
        except (KeyError, TypeError, ValueError):
            pass  # a parameter is missing: say the general sentence instead of none
    return catalogue.gettext(GENERAL) % {"code": code}


def title(status: int, locale: str | None = None) -> str:
    """Give an error page its heading."""
    known = TITLES.get(status) or TITLES[500 if status >= 500 else 400]
    return i18n.translations(locale or i18n.language.get()).gettext(known)
