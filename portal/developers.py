"""The description of the interface for programs, as a page one can read and try."""

from litestar import Response, get

from portal.web import AnyRequest, page

# The reader sets styles by script and draws icons from data: only here, on a page that shows nobody's data.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@get("/developers", opt={"anonymous": True})
async def developers_page(request: AnyRequest) -> Response[str]:
    """Show what programs can ask, from the description the server gives of itself."""
    answer = page(request, "developers/page.html")
    answer.headers["content-security-policy"] = CSP
    return answer
