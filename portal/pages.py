"""Templates: the environment they run in and what every page knows."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from babel.dates import format_date, format_time, get_datetime_format
from litestar import Request

from app.core import access, i18n
from app.core.access import ANONYMOUS, Actor
from app.core.locales.sentences import sentence
from app.core.money import Money
from app.core.settings import Settings
from app.core.web.csrf import actors_of, mask, token_of
from app.core.web.problems import Problem
from app.core.web.static import StaticFiles
from portal import formats

FOLDER = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
ICONS = "vendor/lucide-static@1.62.0/icons.svg"


class Pages:
    """Draws templates."""

    def __init__(self, settings: Settings, statics: StaticFiles) -> None:
        self.settings = settings
        self.statics = statics
        self.env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.env.install_gettext_callables(  # type: ignore[attr-defined]
            i18n.gettext_, _ngettext, newstyle=True
        )
        self.env.globals.update(static=statics.url, icons=statics.url(ICONS), sentence=sentence, **formats.GLOBALS)
        self.env.globals["base_url"] = settings.base_url
        self.env.globals["icon"] = self.env.get_template("_macros/icon.html").module.icon  # type: ignore[attr-defined]
        self.env.filters.update(money=_money, day=self._day, moment=self._moment, hour=self._hour, **formats.FILTERS)

    def _local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.settings.zone())

    def _day(self, value: dt.date | None) -> str:
        if value is None:
            return ""
        day = self._local(value) if isinstance(value, dt.datetime) else value
        return format_date(day, format="long", locale=i18n.language.get())

    def _moment(self, value: dt.datetime | None) -> str:
        """Write a day with its minute: Jun 18, 2026, 6:00 PM."""
        if value is None:
            return ""
        local, locale = self._local(value), i18n.language.get()
        day, hour = format_date(local, "medium", locale), format_time(local, "short", locale=locale)
        return str(get_datetime_format("medium", locale)).format(hour, day)

    def _hour(self, value: dt.datetime) -> str:
        """Write a day with its hour: June 18, 18:00."""
        local = self._local(value)
        return f"{formats.short_day(local.date())} {local:%H:%M}"

    def render(self, request: Request[Any, Any, Any], template: str, **context: Any) -> str:
        """Draw a template with what every page knows."""
        actor = next(iter(actors_of(request)), ANONYMOUS)
        return self.env.get_template(template).render({**self._every_page(request, actor), **context})

    def _every_page(self, request: Request[Any, Any, Any], actor: Actor) -> dict[str, Any]:
        locale = i18n.language.get()
        may: Callable[[str], bool] = lambda permission: access.may(actor, permission)  # noqa: E731
        return {
            "request": request,
            "actor": actor,
            "may": may,
            "csrf_token": mask(token_of(self.settings.secret, actor)),
            "locale": locale,
            "lang": i18n.web_name(locale),
            "languages": {"zh-CN": "中文", "en": "English"},
            "path": _path(request),
        }

    def problem(self, request: Request[Any, Any, Any], problem: Problem, *, fragment: bool) -> str:
        """Draw an error."""
        name = "error/_fragment.html" if fragment else "error/page.html"
        staff_page = request.scope["path"].startswith("/studio")
        return self.render(request, name, problem=problem, offer_sign_in=problem.status == 401 and staff_page)


def _path(request: Request[Any, Any, Any]) -> str:
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}?{query}" if query else request.scope["path"]


def _ngettext(one: str, many: str, num: int) -> str:
    """Translate what counts; the template fills it in."""
    return i18n.translations(i18n.language.get()).ngettext(one, many, num)


def _money(amount: Money) -> str:
    return amount.text(i18n.language.get())
