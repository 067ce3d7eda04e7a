import pytest

from tools import messages

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def root(tmp_path):
    (tmp_path / "app/core/locales/zh_Hans_CN").mkdir(parents=True)
    (tmp_path / "portal/templates/x").mkdir(parents=True)
    return tmp_path


def write(root, source="", template="", **catalogs):
    (root / "app/x.py").write_text(source)
    (root / "portal/templates/x/page.html").write_text(template)
    for name, text in catalogs.items():
        (root / f"app/core/locales/zh_Hans_CN/{name}.po").write_text(HEAD + text)


def said(root):
    return messages.check(root)[1]


def test_a_translated_sentence_passes(root):
    write(root, source='_("Hello %(name)s")', a='msgid "Hello %(name)s"\nmsgstr "%(name)s，你好"\n')

    assert said(root) == []


@pytest.mark.parametrize("call", ['_("Hi")', 'N_("Hi")', 'gettext_("Hi")', 'x.gettext_("Hi")'])
def test_a_missing_sentence_is_named_with_its_place(root, call):
    write(root, source=f"\n{call}")

    assert said(root) == ["app/x.py:2: not in Chinese yet: 'Hi'"]


def test_a_template_is_read_too(root):
    write(root, template='<p>\n{{ _("Hi") }} {{ ngettext("one", "%(num)s many", n) }}{% trans %}Ho{% endtrans %}')

    assert [line.partition(": ")[2] for line in said(root)] == [
        "not in Chinese yet: 'Hi'",
        "not in Chinese yet: 'Ho'",
        "not in Chinese yet: ('one', '%(num)s many')",
    ]


def test_a_counted_sentence_passes(root):
    write(
        root,
        source='ngettext_("one photo", "%(num)s photos", n)',
        a='msgid "one photo"\nmsgid_plural "%(num)s photos"\nmsgstr[0] "%(num)s 张照片"\n',
    )

    assert said(root) == []


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ('msgid "A %(n)s"\nmsgstr ""\n', "is empty"),
        ('#, fuzzy\nmsgid "A %(n)s"\nmsgstr "甲 %(n)s"\n', "is marked fuzzy"),
        ('msgid "A %(n)s"\nmsgstr "甲 %(m)s"\n', "fills ['m'] where the English one fills ['n']"),
        ('msgid "A %(n)s"\nmsgstr "甲 %(n)s 100% 乙"\n', "cannot be filled"),
    ],
)
def test_a_poor_translation_is_refused(root, entry, complaint):
    write(root, source='_("A %(n)s")', a=entry)

    assert complaint in said(root)[0]


def test_two_translations_of_one_sentence_are_refused(root):
    write(root, source='_("A")', a='msgid "A"\nmsgstr "甲"\n', b='msgid "A"\nmsgstr "乙"\n')

    assert "has two translations" in said(root)[0]


def test_a_translation_nobody_asks_for_is_refused(root):
    write(root, a='msgid "A"\nmsgstr "甲"\n')

    assert "nobody asks for 'A'" in said(root)[0]


def test_a_code_is_asked_for_where_it_stands_as_a_string(root):
    write(root, source='raise Gone("link_expired")', a='msgid "link_expired"\nmsgstr "链接已过期"\n')

    assert said(root) == []


def test_missing_ones_are_written_as_empty_entries_and_nothing_is_lost(root):
    write(root, source='_("A"), _("B")', a='msgid "A"\nmsgstr "甲"\n')
    path = root / "app/core/locales/zh_Hans_CN/a.po"

    messages.write_missing(path, messages.check(root)[0])

    assert 'msgstr "甲"' in path.read_text()
    assert [line.partition("translation of ")[2] for line in said(root)] == ["'B' is empty"]
