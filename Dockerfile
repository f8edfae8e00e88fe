# One image with the four commands: querytrail, generator-service, audit-stream, metrics-sink.
# Build the distribution first: make build
ARG JRE_IMAGE=eclipse-temurin:25-jre
FROM ${JRE_IMAGE}

COPY cli/target/dist /opt/querytrail
# The image's JVM is another one than that of the build, and so is its start cache. It starts without one too.
RUN /opt/querytrail/bin/make-start-cache || true
RUN useradd --system --uid 10001 --home-dir /var/lib/querytrail --create-home querytrail \
    && mkdir -p /var/lib/querytrail/audit-stream \
    && chown -R querytrail /var/lib/querytrail
ENV PATH=/opt/querytrail/bin:$PATH
USER querytrail
WORKDIR /var/lib/querytrail
VOLUME /var/lib/querytrail
CMD ["querytrail", "--help"]
