"""What pages and tables of money call things."""

from app.core.i18n import N_

METHODS = {"cash": N_("Cash"), "card": N_("Card"), "transfer": N_("Transfer")}
REASONS = {
    **METHODS,
    "package": N_("Package"),
    "extra_picks": N_("Extra photos"),
    "other": N_("Other charge"),
    "discount": N_("Discount"),
}
KINDS = {
    "charge": N_("Charge"),
    "discount": N_("Discount"),
    "payment": N_("Payment"),
    "refund": N_("Refund"),
    "reversal": N_("Undone"),
}
PAYMENT_HEAD = (
    N_("Day"), N_("Order"), N_("Customer"), N_("How"), N_("Kind"), N_("Amount"), N_("Currency"), N_("Reference"),
    N_("Reason"), N_("Written down by"),
)  # fmt: skip
UNPAID_HEAD = (
    N_("Order"), N_("Customer"), N_("Shoot"), N_("Age in days"), N_("Charged"), N_("Paid"), N_("Still owed"),
    N_("Currency"),
)  # fmt: skip
