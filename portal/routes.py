"""Every page of the portal."""

from litestar import Router

from portal.customer.pages import PAGES as CUSTOMER_PAGES
from portal.language import choose_language
from portal.studio import sign_in

PAGES = Router(
    path="/",
    route_handlers=[
        choose_language,
        sign_in.landing,
        sign_in.studio_home,
        sign_in.sign_in_page,
        sign_in.sign_in,
        sign_in.sign_in_link_page,
        sign_in.use_sign_in_link,
        sign_in.sign_out,
        CUSTOMER_PAGES,
    ],
    include_in_schema=False,
)
