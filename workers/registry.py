"""Every kind of job there is."""

from workers import documents, photos, production, schedule
from workers.context import kinds

ALL = kinds(
    photos.PREPARE,
    photos.DEVELOP,
    production.BEGIN,
    production.ADVANCE,
    production.OPEN_GALLERY,
    documents.MAKE,
    production.TELL,
    production.RELEASE_IF_DUE,
    schedule.SWEEP,
)
