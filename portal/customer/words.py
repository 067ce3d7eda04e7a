"""The words of the customer's pages that code needs to know: what a remark may ask for."""

from app.core.i18n import N_

CHIPS: dict[str, str] = {
    "slim": N_("Slimmer face"),
    "blemish": N_("Blemishes"),
    "hair": N_("Stray hair"),
    "colour": N_("Colour"),
    "remove": N_("Something in the way"),
    "swap": N_("Face from another photo"),
}
"""What a remark may say without words: its key, kept with the remark, and its name."""

PRODUCTS: dict[str, str] = {
    "retouch": N_("Retouch"),
    "album": N_("Album"),
    "frame": N_("Desk frame"),
    "print": N_("Print"),
    "wall": N_("Wall picture"),
    "card": N_("Card"),
}
"""What a photo can be chosen for: the product's key in the package, and its name; another key is its own name."""
