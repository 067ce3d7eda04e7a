import pytest

from tools import lint_templates


def rules(text):
    return [rule for _, _, rule, _ in lint_templates.of_template("page.html", text)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('<p style="color: red">', "style"),
        ("{{ name|safe }}", "safe"),
        ('<p hx-on:click="x()">', "hx-on"),
        ('<a\n onclick="x()">', "handler"),
        ("<a hx-vals='js:{a: 1}'>", "js-value"),
        ('<a href="javascript:x()">', "javascript"),
        ('<script src="https://example.org/x.js"></script>', "foreign"),
        ('<link href="//example.org/x.css">', "foreign"),
        ("<script>x()</script>", "inline-script"),
        ("<style>p {}</style>", "inline-style"),
        ('<img src="/x.jpg" alt="">', "img-size"),
        ('<img src="/x.jpg" width="1" height="1">', "img-alt"),
        ('<form method="post"><input name="pin"></form>', "csrf"),
        ('<a hx-trigger="click[x]">', "trigger-filter"),
    ],
)
def test_what_the_content_policy_refuses_is_found(text, rule):
    assert rule in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        '<form method="post"><input type="hidden" name="csrf" value="{{ csrf }}"></form>',
        '<form method="get"><input name="q"></form>',
        '<img src="{{ url }}" width="{{ w }}" height="{{ h }}" alt="{{ a }}">',
        '<script src="/static/x.js" defer></script>',
        "{# style= is not used here #}",
        '<button data-once="1" class="on" hx-post="/x">',
        '<a href="/orders" hx-vals=\'{"a": 1}\'>',
    ],
)
def test_what_is_fine_passes(text):
    assert rules(text) == []


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("portal/x.py", "Markup(name)", "markup"),
        ("app/x/service.py", "prepare.send(1)", "send"),
        ("workers/x.py", "prepare.send(1)", None),
        ("app/x/service.py", "await session.commit()", "commit"),
        ("app/core/db.py", "await session.commit()", None),
        ("app/x/queries.py", 'text(f"select {name}")', "sql"),
        ("app/x/queries.py", 'text(f"notify {CHANNEL}")', None),
    ],
)
def test_dangerous_calls_are_found_where_they_do_not_belong(name, text, rule):
    assert [one for _, _, one, _ in lint_templates.of_python(name, text)] == ([rule] if rule else [])


def test_a_line_may_break_a_rule_with_its_reason(tmp_path):
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal/a.py").write_text("Markup(x)  # lint: allow markup - x is drawn by us\n")
    (tmp_path / "portal/b.py").write_text("Markup(x)  # lint: allow markup\n")

    assert [line.partition(":")[0] for line in lint_templates.check(tmp_path)] == ["portal/b.py"]
