"""Errors become answers here and nowhere else: JSON, a fragment or a page, in the reader's language."""

from typing import Any, Protocol

import msgspec
import structlog
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import NotFound, SafelightError, SignInNeeded
from app.core.locales.sentences import sentence, title

_log = structlog.get_logger("problem")
_BY_STATUS = {401: "sign_in_needed", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
              413: "too_large", 422: "bad_input", 429: "too_many_requests", 503: "unavailable"}  # fmt: skip
_STORED = {"object_not_found": 404, "key_taken": 409, "object_damaged": 422, "upload_busy": 409, "bad_key": 500,
           "storage_error": 500, "store_full": 507, "store_unavailable": 503}  # fmt: skip
AGAIN_S = 5  # after which what did not answer is asked again
_FULL = ("database or disk is full", "No space left on device")


class Problem(msgspec.Struct, frozen=True):
    """What is told of an error."""

    status: int
    code: str
    params: dict[str, Any]
    title: str
    detail: str
    request_id: str


class ErrorPages(Protocol):
    """Draws errors; the portal's."""

    def problem(self, request: Request[Any, Any, Any], problem: Problem, *, fragment: bool) -> str:
        """Draw a whole page, or the fragment htmx puts into one."""


def _cause(exc: BaseException) -> BaseException:
    """Look into groups: Litestar ends several dependencies of a request in a task group."""
    while isinstance(exc, BaseExceptionGroup) and exc.exceptions:
        exc = next((one for one in exc.exceptions if isinstance(one, SafelightError)), exc.exceptions[0])
    return exc


def _refusal(request: Request[Any, Any, Any], exc: BaseException) -> BaseException:
    """Tell a customer whose link is over (or still waits for its PIN) so, instead of "not found"."""
    state = request.scope.get("state", {})
    told = state.get("refusal")
    return told if told and not state.get("actors") and isinstance(exc, NotFound | SignInNeeded) else exc


def _fact(exc: BaseException) -> tuple[int, str, dict[str, Any]]:
    """Tell status, code and parameters of an error."""
    if isinstance(exc, SafelightError):
        return exc.status, exc.code, exc.params
    if isinstance(exc, ValidationException | msgspec.ValidationError):
        return 422, "bad_input", {}
    if isinstance(exc, HTTPException):
        known = _BY_STATUS.get(exc.status_code, "internal" if exc.status_code >= 500 else "bad_request")
        return exc.status_code, known, {}
    lost = isinstance(exc, DBAPIError) and exc.connection_invalidated
    if lost or isinstance(exc, OperationalError | InterfaceError | PoolTimeout):
        full = any(sign in str(exc) for sign in _FULL)
        return (507, "store_full", {}) if full else (503, "database_busy", {})
    code, params = getattr(exc, "code", None), getattr(exc, "params", None)
    if isinstance(code, str) and code in _STORED and isinstance(params, dict):
        return _STORED[code], code, params
    return 500, "internal", {}


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Tell whether a program asks; browsers name text/html."""
    accept = request.headers.get("accept", "*/*")
    return "text/html" not in accept and "hx-request" not in request.headers


def wants_fragment(request: Request[Any, Any, Any]) -> bool:
    """Tell whether htmx asks for a part of a page; for a whole one it says so."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-request-type", "partial") != "full"


def _headers(problem: Problem, path: str) -> dict[str, str]:
    headers = {"vary": "accept, hx-request"}
    if problem.status == 429 and "minutes" in problem.params:
        headers["retry-after"] = str(int(problem.params["minutes"]) * 60)
    if problem.status == 503:
        headers["retry-after"] = str(AGAIN_S)
    if problem.status == 401 and path.startswith("/api/"):
        headers["www-authenticate"] = "Bearer"
    return headers


def _as_json(exc: BaseException, problem: Problem) -> bytes:
    told: dict[str, Any] = {"type": f"urn:safelight:problem:{problem.code}", **msgspec.structs.asdict(problem)}
    if isinstance(exc, ValidationException) and isinstance(exc.extra, list):
        told["errors"] = [
            {"field": one.get("key"), "reason": one.get("message")} for one in exc.extra if isinstance(one, dict)
        ]
    return msgspec.json.encode(told)


def answer(request: Request[Any, Any, Any], exc: Exception) -> Response[Any]:
    """Turn whatever was raised into an answer; what nobody expected is logged and told without details."""
    cause = _refusal(request, _cause(exc))
    status, code, params = _fact(cause)
    request_id = request.scope.get("state", {}).get("request_id", "-")
    if status >= 500:
        _log.error("failed", code=code, exc_info=cause if isinstance(cause, Exception) else exc)
    problem = Problem(status, code, params, title(status), sentence(code, params), request_id)
    headers = _headers(problem, request.scope["path"])
    if wants_json(request):
        return Response(
            _as_json(cause, problem), status_code=status, headers=headers, media_type="application/problem+json"
        )
    pages: ErrorPages = request.app.state.pages
    try:
        html = pages.problem(request, problem, fragment=wants_fragment(request))
    except Exception:  # noqa: BLE001 - a broken page must not hide what happened
        _log.exception("the error page failed")
        return Response(problem.detail, status_code=status, headers=headers, media_type=MediaType.TEXT)
    return Response(html, status_code=status, headers=headers, media_type=MediaType.HTML)
