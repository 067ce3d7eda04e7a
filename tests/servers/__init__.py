"""Real servers for tests: each on a free port of 127.0.0.1, in a folder of its own, ended by its process id."""

from tests.servers.postgres import Postgres, running_postgres
from tests.servers.redis import Redis, running_redis
from tests.servers.s3 import S3, running_s3

__all__ = ["S3", "Postgres", "Redis", "running_postgres", "running_redis", "running_s3"]
