"""Multipart bodies, read as they arrive."""

import hashlib

import httpx
import pytest
from litestar import Request, post

from app.core.uploads import FIELD_BYTES, Field, parts
from app.core.web import csrf
from tests.web.conftest import ORIGIN
from tests.web.helpers import sign_in

OURS = {"origin": ORIGIN, "accept": "application/json"}


@pytest.fixture
def uploads(site, browser):
    @post("/probe/upload", opt={"streams": True}, request_max_body_size=None, status_code=200)
    async def upload(request: Request) -> list[list[object]]:
        told: list[list[object]] = []
        first = True
        async for part in parts(request, most_parts=5):
            if first:
                csrf.check(request, part.value if isinstance(part, Field) and part.name == csrf.FIELD else None)
                first = False
            if isinstance(part, Field):
                told.append([part.name, part.value])
            elif part.filename != "skip.bin":
                digest = hashlib.sha256()
                async for chunk in part.chunks():
                    digest.update(chunk)
                told.append([part.name, part.filename, part.size, digest.hexdigest()])
        return told

    site.register(upload)
    return browser


async def send(browser, files, **headers):
    return await browser.post("/probe/upload", files=files, headers={**OURS, **headers})


async def test_fields_and_files_come_in_their_order(uploads):
    data = b"\r\n--not the boundary\r\n" * 50_000
    answer = await send(
        uploads,
        [
            ("note", (None, "字")),
            ("photo", ("../../DSC_0001.jpg", data)),
            ("photo", ("skip.bin", data)),
            ("end", (None, "")),
        ],
    )

    assert answer.json() == [
        ["note", "字"],
        ["photo", "../../DSC_0001.jpg", len(data), hashlib.sha256(data).hexdigest()],
        ["end", ""],
    ]


async def test_the_token_is_the_first_field(site, uploads, owner):
    token = await sign_in(site, uploads, owner.id)
    file = ("photo", ("a.jpg", b"x"))

    assert (await send(uploads, [("csrf", (None, token)), file])).status_code == 200
    assert (
        await send(uploads, [file], **{"x-csrf-token": token})
    ).status_code == 403  # this handler asks for the field
    assert (await send(uploads, [file, ("csrf", (None, token))])).json()["code"] == "stale_page"


async def test_a_stranger_cannot_upload(uploads):
    answer = await uploads.post("/probe/upload", files=[("a", ("a", b"x"))], headers={"origin": "https://evil.example"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_upload"),
        (b"--B\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nhalf", "bad_upload"),
        (b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf", "bad_upload"),
        (b"--B\r\nnonsense\r\n\r\nx\r\n--B--\r\n", "bad_upload"),
        (b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--B--\r\n", "bad_upload"),
        (b"--B\r\nX: " + b"y" * 9000 + b"\r\n\r\nx\r\n--B--\r\n", "too_many_parts"),
        (
            b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"x" * (FIELD_BYTES + 1) + b"\r\n--B--\r\n",
            "too_large",
        ),
        (
            b"".join(b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n" for _ in range(6)) + b"--B--\r\n",
            "too_many_parts",
        ),
    ],
    ids=["empty", "half a file", "half a field", "no header", "no text", "a long header", "a long field", "many parts"],
)
async def test_what_is_broken_or_too_much_is_refused(uploads, body, code):
    headers = {**OURS, "content-type": "multipart/form-data; boundary=B"}
    answer = await uploads.post("/probe/upload", content=body, headers=headers)

    assert answer.status_code in {413, 422}
    assert answer.json()["code"] == code


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 300])
async def test_a_body_of_another_kind_is_refused(uploads, kind):
    answer = await uploads.post("/probe/upload", content=b"x", headers={**OURS, "content-type": kind})

    assert answer.json()["code"] == "bad_upload"


async def test_a_broken_line_is_told_apart(site, uploads):
    sent = []
    chunks = iter(
        [
            {
                "type": "http.request",
                "body": b"--B\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nxx",
                "more_body": True,
            },
            {"type": "http.disconnect"},
        ]
    )

    async def receive():
        return next(chunks)

    async def send_(message):
        sent.append(message)

    request = httpx.Request(
        "POST", "http://x/probe/upload", headers={**OURS, "content-type": "multipart/form-data; boundary=B"}
    )
    scope = {
        "type": "http", "method": "POST", "path": "/probe/upload", "raw_path": b"/probe/upload", "query_string": b"",
        "headers": [(key.lower(), value) for key, value in request.headers.raw if key != b"Content-Length"], "client": None,
        "server": ("127.0.0.1", 8000), "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"},
        "extensions": {}, "root_path": "", "state": {},
    }  # fmt: skip
    await site(scope, receive, send_)

    assert b"upload_interrupted" in b"".join(message.get("body", b"") for message in sent)
