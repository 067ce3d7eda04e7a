"""ZIP downloads: exact size, any range, the same bytes each time."""

from litestar import Response

from app.core.serve import Served, etag_of, file_response
from app.core.zips import ZipPlan
from portal.web import AnyRequest


def send_zip(request: AnyRequest, plan: ZipPlan, name: str) -> Response[None]:
    """Send an archive that is made while it is read."""
    served = Served(size=plan.size, etag=etag_of(plan.digest), open=plan.read, name=name, media_type="application/zip")
    return file_response(request, served)
