"""Figures: what the studio's events say of its work."""

from app.analytics import permissions
from app.analytics.service.figures import figures, money_in, stage_spans
from app.analytics.service.morning import morning

__all__ = ["figures", "money_in", "morning", "permissions", "stage_spans"]
