"""XMP sidecars, as Lightroom, Bridge and Capture One read them beside a photo: stars, colour, products, remarks."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

import msgspec

# What XML 1.0 cannot hold at all, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in (
        ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        ("dc", "http://purl.org/dc/elements/1.1/"),
        ("photoshop", "http://ns.adobe.com/photoshop/1.0/"),
        ("xmp", "http://ns.adobe.com/xap/1.0/"),
        ("xmpDM", "http://ns.adobe.com/xmp/1.0/DynamicMedia/"),
    )
)


class Sidecar(msgspec.Struct, frozen=True, kw_only=True):
    """What a sidecar says of a photo: stars 0 to 5, a colour label, subjects, and the remarks as text."""

    rating: int
    label: str
    subjects: Sequence[str]
    instructions: str
    title: str


def write_xmp(said: Sidecar) -> bytes:
    """Write a sidecar; whatever the text holds, the file is well-formed and the same each time."""
    subjects = "".join(f"\n     <rdf:li>{_text(subject)}</rdf:li>" for subject in said.subjects)
    return f"""{_HEAD}
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF {_NAMESPACES}>
  <rdf:Description rdf:about=""
    xmp:Rating="{said.rating}"
    xmp:Label={_attribute(said.label)}
    xmpDM:pick="1"
    photoshop:Instructions={_attribute(said.instructions)}>
   <dc:title>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">{_text(said.title)}</rdf:li>
    </rdf:Alt>
   </dc:title>
   <dc:subject>
    <rdf:Bag>{subjects}
    </rdf:Bag>
   </dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
