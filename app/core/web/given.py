"""What a handler may ask for by name: `session: GivenSession, actor: GivenActor`."""

from litestar.di import NamedDependency

from app.core.access import Actor
from app.core.db import Database, Session
from app.core.settings import Settings
from storage.store import Store

GivenSession = NamedDependency[Session]  # the request's transaction
GivenActor = NamedDependency[Actor]  # who acts
GivenActors = NamedDependency[list[Actor]]  # all who may be meant, staff first
GivenDb = NamedDependency[Database]  # for streams and sign-in, which take no transaction
GivenStore = NamedDependency[Store]
GivenSettings = NamedDependency[Settings]
