"""How many are chosen for each product of an order, and what they cost."""

from collections.abc import Mapping

from app.core.db import Session
from app.core.errors import NotFound
from app.galleries import queries
from app.galleries.models import Gallery
from app.galleries.schemas import Choice, Meter
from app.orders.models import Order
from app.orders.rules import Count, count_picks

RETOUCH = "retouch"


def priced(order: Order, product: str, chosen: int) -> Count:
    """Price a number of chosen photos. Raises NotFound for a product the order has not."""
    line = next((line for line in order.lines if line.product == product), None)
    if line is None:
        raise NotFound("no_such_product")
    return count_picks(chosen, line.included, line.extra_minor, order.currency, line.most)


def meter(count: Count, product: str, gallery: Gallery) -> Meter:
    """Put a count on the meter."""
    return Meter(
        product=product, chosen=count.chosen, included=count.included, extra=count.extra, each=count.each,
        owed=count.owed, most=count.most, own_cap=gallery.own_cap,
    )  # fmt: skip


async def meter_of(session: Session, gallery: Gallery, order: Order, product: str = RETOUCH) -> Meter:
    """Tell where the choice stands for one product and what it costs."""
    return meter(priced(order, product, await queries.count_live(session, gallery.id, product)), product, gallery)


def choice(gallery: Gallery, order: Order, chosen: Mapping[str, int]) -> Choice:
    """Put every product's count on its meter, the default product first."""
    products = sorted((line.product for line in order.lines), key=lambda product: product != RETOUCH)
    return Choice(
        gallery_id=gallery.id, state=gallery.state, version=gallery.pick_version,
        meters=[meter(priced(order, product, chosen.get(product, 0)), product, gallery) for product in products],
    )  # fmt: skip


async def choice_of(session: Session, gallery: Gallery, order: Order) -> Choice:
    """Tell where the choice stands."""
    return choice(gallery, order, await queries.count_products(session, gallery.id))


def paid_extras(others: Mapping[str, int], order: Order, but: str) -> int:
    """Count the extras that cost something, one product apart."""
    counts = [priced(order, line.product, others.get(line.product, 0)) for line in order.lines if line.product != but]
    return sum(count.extra for count in counts if count.each.minor)
