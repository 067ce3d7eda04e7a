"""What was just done, said on the next page."""

from app.core.i18n import N_

DEEDS: dict[str, str] = {
    "order_added": N_("The order %(number)s is written down. Bring its photos in next."),
    "photo_retried": N_("Another try has begun. The page shows what becomes of it."),
    "payment_recorded": N_("The payment is recorded."),
    "link_taken_back": N_("The link no longer opens anything."),
    "order_released": N_("Released. The customer can download the finished photos now."),
    "task_taken": N_("The job is yours. The packet has everything you need."),
    "task_given_back": N_("The job is back in the queue. What you handed in stays with it."),
    "finals_matched": N_("%(count)s finished files are safe and matched."),
    "finals_mixed": N_("%(count)s finished files are safe; %(loose)s fit no photo. Say below which one they are."),
    "finals_known": N_("These files were handed in before. Nothing has changed."),
    "file_matched": N_("Matched."),
    "file_put_aside": N_("The file was put aside."),
    "task_handed_in": N_("Handed in. The quality check looks at it next."),
    "remark_ticked": N_("Noted."),
    "skills_kept": N_("Saved. New jobs are offered by these skills."),
    "order_planned": N_("Saved. The queue follows it."),
    "work_undone": N_("Taken back. The work waits for your decision again."),
    "work_accepted": N_("Accepted. The customer looks at it next."),
    "review_skipped": N_("Noted with your reason. The order goes on without the review."),
    "round_granted": N_("One more round of changes is granted. The customer sees it at once."),
    "work_sent_back": N_("Sent back with your reasons."),
    "key_withdrawn": N_("The key no longer opens anything."),
    "package_added": N_("The package is on sale."),
    "order_moved": N_("The order %(number)s is moved. Its tasks have followed."),
    "move_undone": N_("Taken back. The order stands where it was."),
    # chips of remarks
    "chip_slim": N_("Slimmer face"),
    "chip_blemish": N_("Remove blemishes"),
    "chip_hair": N_("Stray hair"),
    "chip_colour": N_("Adjust colour"),
    "chip_remove": N_("Remove clutter"),
    "chip_swap": N_("Another expression"),
    # forms
    "bad_day": N_("A day is missing or cannot be read. It looks like 2026-06-18."),
    "bad_number": N_("A whole number from %(least)s to %(most)s is needed."),
    "no_file_chosen": N_("No file was chosen. Choose one or more finished files first."),
}
