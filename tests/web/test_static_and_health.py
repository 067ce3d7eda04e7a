"""Static files, and what the outside may know of the inside."""

import gzip

from app.core.web.static import StaticFiles


async def test_a_file_with_its_hash_is_kept_for_ever(site, browser):
    url = site.state.static.url("css/base.css")
    kept = await browser.get(url, headers={"accept-encoding": "identity"})
    other = await browser.get(url.partition("?")[0] + "?v=0")

    assert kept.status_code == 200
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.headers["cache-control"] == "public, no-cache"
    again = await browser.get(url, headers={"if-none-match": kept.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_texts_travel_packed(site, browser):
    url = site.state.static.url("css/base.css")

    async with browser.stream("GET", url, headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join([chunk async for chunk in packed.aiter_raw()])

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == site.state.static.files["css/base.css"].content


async def test_nothing_outside_the_folder_is_served(browser):
    for path in ("/static/../pages.py", "/static/%2e%2e/pages.py", "/static//etc/passwd", "/static/css"):
        assert (await browser.get(path)).status_code == 404


def test_a_changed_file_has_another_address(tmp_path):
    (tmp_path / "a.css").write_text("a{}")
    before = StaticFiles(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b{}")

    assert StaticFiles(tmp_path).url("a.css") != before


async def test_a_working_studio_is_ready(browser):
    assert (await browser.get("/healthz")).json() == {"status": "alive"}
    ready = await browser.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200, {"ready": True, "checks": {"database": "ok", "store": "ok", "disk": "ok"}},
    )  # fmt: skip


async def test_a_store_that_is_away_is_told_without_details(site, browser, monkeypatch):
    def fail():
        raise RuntimeError("s3://KEY:SECRET@host")

    monkeypatch.setattr(site.state.store, "check", fail)
    answer = await browser.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["store"] == "failed"
    assert "SECRET" not in answer.text


async def test_the_public_description_names_no_page(browser):
    told = (await browser.get("/schema/openapi.json")).json()

    assert told["info"]["title"] == "Safelight"
    assert not [path for path in told["paths"] if path.startswith(("/studio", "/sign", "/gallery", "/g/"))]
