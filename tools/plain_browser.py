"""A browser without script, made of the standard library: follows links, keeps cookies, fills in forms."""

import http.cookiejar
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.error import HTTPError

GUARD_S = 60.0


@dataclass
class Form:
    """A form as it stands on a page."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Reads the forms of a page, with what is filled in."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a form holds."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and name:
            if given.get("type") not in {"radio", "checkbox"} or "checked" in given:
                self._form.values[name] = given.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in self._form.values or "selected" in given):
            self._form.values[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or a list."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


class Answer:
    """A page (or a file) that came."""

    def __init__(self, status: int, url: str, headers: dict[str, str], body: bytes) -> None:
        self.status, self.url, self.headers, self.body = status, url, headers, body

    @property
    def text(self) -> str:
        """Read it as words."""
        return self.body.decode(errors="replace")

    def form(self, part: str) -> Form:
        """Find the form whose address holds `part`. Raises LookupError."""
        reader = _Forms()
        reader.feed(self.text)
        for one in reader.forms:
            if part in urllib.parse.urljoin(self.url, one.action):
                return one
        raise LookupError(f"{self.url} ({self.status}) has no form for {part}")


class Browser:
    """One person's browser."""

    def __init__(self, address: str, language: str = "en") -> None:
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        self._headers = {"Accept": "text/html", "Accept-Language": language, "Origin": address}

    def go(self, path: str) -> Answer:
        """Open an address of the site."""
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self.address, path), headers=self._headers))

    def send(self, page: Answer, part: str, **values: str) -> Answer:
        """Fill in a form of a page and send it."""
        form = page.form(part)
        address = urllib.parse.urljoin(page.url, form.action)
        data = urllib.parse.urlencode({**form.values, **values}).encode()
        return self._ask(urllib.request.Request(address, data=data, headers=self._headers, method="POST"))

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=GUARD_S) as came:
                return Answer(came.status, came.url, dict(came.headers), came.read())
        except HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.url or "", dict(refused.headers), refused.read())
