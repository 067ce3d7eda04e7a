"""The customer's pages."""

from litestar import Router

from portal.customer import choose, enter, gallery

PAGES = Router(
    path="/",
    route_handlers=[
        enter.open_link,
        enter.pin_page,
        enter.unlock,
        gallery.gallery,
        gallery.photo,
        gallery.summary,
        gallery.downloads,
        gallery.download_zip,
        choose.pick,
        choose.unpick,
        choose.add_remark,
        choose.remove_remark,
        choose.set_cap,
        choose.submit,
    ],
    include_in_schema=False,
)
