# A PostgreSQL from Debian's own packages, for tests where no registry can be reached.
FROM debian:bookworm-slim
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql \
 && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/* \
 && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data
ENV PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data
COPY deploy/standins/postgres.sh /usr/local/bin/start-postgres
USER postgres
STOPSIGNAL SIGINT
CMD ["sh", "/usr/local/bin/start-postgres"]
