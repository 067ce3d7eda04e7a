"""The customer's pages."""

from litestar import Router

from portal.customer import choose, downloads, enter, gallery, review, submit

PAGES = Router(
    path="/",
    route_handlers=[
        enter.open_link,
        enter.pin_page,
        enter.unlock,
        gallery.gallery,
        gallery.part,
        gallery.changes,
        gallery.photo,
        gallery.compare,
        submit.summary,
        submit.submit,
        submit.sent,
        review.review,
        review.review_photo,
        review.approve,
        review.reconsider,
        review.add_wish,
        review.remove_wish,
        review.approve_all,
        review.send_changes,
        downloads.downloads,
        downloads.one_photo,
        downloads.checksums,
        downloads.download_zip,
        downloads.make_grant,
        downloads.withdraw_grant,
        downloads.fetch,
        choose.pick,
        choose.unpick,
        choose.add_remark,
        choose.change_remark,
        choose.remove_remark,
        choose.set_cap,
    ],
    include_in_schema=False,
)
