"""Every page of the portal."""

from litestar import Router

from portal.language import choose_language
from portal.studio.routes import STUDIO

PAGES = Router(path="/", route_handlers=[choose_language, *STUDIO], include_in_schema=False)
