"""Billing's use cases."""

from app.billing import permissions
from app.billing.service.accounts import account_page, order_counts, orders_of_customer
from app.billing.service.ledger import add_charge, give_discount, record_payment, refund, reverse
from app.billing.service.overview import all_payments, all_unpaid, list_payments, list_unpaid, money_page
from app.billing.service.receipts import ask_for_receipt, get_receipt, make_receipt_again

__all__ = [
    "account_page",
    "add_charge",
    "all_payments",
    "all_unpaid",
    "ask_for_receipt",
    "get_receipt",
    "give_discount",
    "list_payments",
    "list_unpaid",
    "make_receipt_again",
    "money_page",
    "order_counts",
    "orders_of_customer",
    "permissions",
    "record_payment",
    "refund",
    "reverse",
]
