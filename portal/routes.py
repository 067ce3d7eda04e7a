"""Every page of the portal."""

from litestar import Router

from portal.customer.pages import PAGES as CUSTOMER_PAGES
from portal.developers import developers_page
from portal.language import choose_language
from portal.live import gallery_live, studio_live
from portal.studio.routes import STUDIO

PAGES = Router(
    path="/",
    route_handlers=[choose_language, developers_page, studio_live, gallery_live, *STUDIO, CUSTOMER_PAGES],
    include_in_schema=False,
)
