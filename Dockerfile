# One image with the four commands: querytrail, generator-service, audit-stream, metrics-sink.
# Build the distribution first: make build
ARG JRE_IMAGE=eclipse-temurin:25-jre
FROM ${JRE_IMAGE}

COPY cli/target/dist /opt/querytrail
RUN useradd --system --uid 10001 --home-dir /var/lib/querytrail --create-home querytrail \
    && mkdir -p /var/lib/querytrail/audit-stream \
    && chown -R querytrail /var/lib/querytrail
ENV PATH=/opt/querytrail/bin:$PATH
USER querytrail
WORKDIR /var/lib/querytrail
VOLUME /var/lib/querytrail
CMD ["querytrail", "--help"]
