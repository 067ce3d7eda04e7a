"""What people and shoots are called."""

from app.cli.seed.plan import Chance

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
GIVEN = (
    "雨桐", "子涵", "若曦", "思远", "嘉言", "梓萱", "浩然", "一诺", "明轩", "诗涵",
    "书瑶", "俊熙", "安然", "知夏", "亦辰",
    "清越", "念卿", "景行", "云舒", "望舒", "星野", "南乔", "初晴", "予安", "怀瑾",
    "以宁", "珞", "宁", "越", "屿", "夏", "澄",
)  # fmt: skip
FIRST = (
    "Emma", "Lucas", "Maya", "Noah", "Clara", "Oliver", "Sofia", "Leo", "Hannah", "Theo", "Alice", "Daniel", "Ines",
    "Julian", "Grace", "Felix", "Nora", "Samuel", "Lily", "Adrian", "Elena", "Marco", "Anna", "Henry",
)  # fmt: skip
LAST = (
    "Martin", "Lindqvist", "Okafor", "Moreau", "Tanaka", "Weber", "Rossi", "Novak", "Hughes", "Silva", "Larsen",
    "Bennett", "Haddad", "Costa", "Fischer", "Murphy",
)  # fmt: skip
STAFF = {  # the people of a studio that has none yet
    "owner": (("周岚", "zhoulan"),),
    "manager": (("许澄", "xucheng"),),
    "consultant": (("何一", "heyi"), ("Grace Bennett", "grace"), ("宋知夏", "songzhixia")),
    "photographer": (("陆川", "luchuan"), ("Marco Rossi", "marco")),
    "retoucher": (("阿澄", "acheng"), ("林墨", "linmo"), ("Nora Larsen", "nora"), ("叶之秋", "yezhiqiu")),
    "quality_lead": (("沈末", "shenmo"),),
    "finance": (("白鹭", "bailu"),),
}
TITLES = {
    "wedding": ("海边与旧城", "西湖旅拍", "灯塔下的约定", "Garden at dusk", "旧城黄昏", "雪后的山",
                "By the harbour", "白纱与老街"),
    "family": ("一家四口的周末", "亲子 · 草地", "Family by the sea", "外婆的院子", "奶奶八十岁", "Three generations"),
    "baby": ("百日照", "周岁 · 抓周", "Newborn at home", "小满的第一个春天", "半岁啦"),
    "portrait": ("毕业季", "生日写真", "形象照", "Portraits in the old town", "二十五岁", "Window light"),
}  # fmt: skip
WISHES = (
    "", "", "胶片感，肤色偏暖，不要过白。", "自然一点，不要磨皮太重。", "新娘左侧为主，眼镜反光请去掉。",
    "Natural skin, please keep the freckles.",
    "颜色偏冷，像电影。", "宝宝的红疹请修掉。", "A little brighter, warm evening light.",
)  # fmt: skip
REMARKS = (
    (("hair",), "左边的碎发请修掉"), (("blemish",), ""), (("slim",), "下巴这里收一点点"),
    (("remove",), "背景的路人请去掉"),
    (("colour",), "裙子的颜色偏黄"), ((), "眼睛可以再亮一点"),
    (("remove", "colour"), "Please remove the sign behind us"),
    (("hair", "blemish"), ""), ((), "A little softer light on the face"), (("swap",), "想换成前一张的表情"),
)  # fmt: skip
SECTIONS = {"seaside": "海边", "old_town": "旧城", "indoors": "室内", "night": "夜色"}
SENT_BACK = (("skin",), ("colour",), ("details", "remarks"), ("remarks",), ("crop",))
SENT_BACK_WORDS = ("皮肤再保留一点纹理", "白平衡和前一张对齐", "Remark 2 was missed", "", "地平线再看一下")


class Household:
    """Whom a gallery is for."""

    def __init__(self, name: str, people: tuple[str, ...], *, chinese: bool, kind: str) -> None:
        self.name, self.people, self.chinese, self.kind = name, people, chinese, kind


def _person(chance: Chance, *, chinese: bool, family: str | None = None) -> str:
    if chinese:
        return (family or chance.one(FAMILY)) + chance.one(GIVEN)
    return f"{chance.one(FIRST)} {family or chance.one(LAST)}"


def make_household(chance: Chance) -> Household:
    """Make up a couple, a family or one person: three of four have Chinese names."""
    chinese = chance.happens(0.76)
    kind = chance.weighed(list(TITLES), (50, 22, 14, 14))
    first = _person(chance, chinese=chinese)
    if kind == "portrait":
        return Household(first, (first,), chinese=chinese, kind=kind)
    family = first[0] if chinese else first.split()[-1]
    second = _person(chance, chinese=chinese, family=None if kind == "wedding" else family)
    if kind == "wedding":
        short = (first, second) if chinese else (first.split()[0], second.split()[0])
        return Household(" & ".join(short), (first, second), chinese=chinese, kind=kind)
    name = f"{first}一家" if chinese else f"The {family}s"
    return Household(name, (first, second), chinese=chinese, kind=kind)


TAGS = ("老客户", "转介绍", "VIP", "外地")
TALKS = (
    "电话确认了拍摄时间，想要傍晚的光。", "带孩子来，请安排在上午。", "朋友介绍来的，下次给老客户价。",
    "Prefers e-mail; answers in the evening.", "想加一本小相册，选片后再定。",
)  # fmt: skip


def phone(chance: Chance) -> str:
    """Make up a telephone number that nobody has."""
    return f"1380000{chance.number(0, 9999):04d}"
