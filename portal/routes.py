"""Every page of the portal."""

from litestar import Router

from portal.customer.pages import PAGES as CUSTOMER_PAGES
from portal.language import choose_language
from portal.studio.routes import STUDIO

PAGES = Router(path="/", route_handlers=[choose_language, *STUDIO, CUSTOMER_PAGES], include_in_schema=False)
