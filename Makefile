# The two commands: `make demo` shows Querytrail at work, `make check` runs every test.
# Each does all of its own set-up and needs a JDK 25, Maven and, for the first run, the artifact repository.

.PHONY: demo check build format clean fuzz-safety postgres-regression chaos-ledger chaos-sink bench-safety bench-sink bench-log bench-history bench-recovery bench-replay property-ledger bench-ledger bench-topology bench bench-generator bench-schema

MVN := ./mvnw -B -ntp
DIST := cli/target/dist
SOURCES := $(shell find . -path '*/target' -prune -o \( -path '*/src/main/*' -o -name pom.xml \) -type f -print 2>/dev/null)

# A model of a real provider: make demo MODEL=openai:gpt-4o-mini (with OPENAI_API_KEY set)
MODEL ?=
# Where the demo keeps its state.
STATE ?= .querytrail

demo: build
	@./querytrail demo --state-dir '$(STATE)' $(if $(MODEL),--model '$(MODEL)')

# Two modules at a time: the tests of each spend most of their time waiting.
check:
	@$(MVN) -T 2 verify

# A million statements made out of the safety corpora; whatever is approved is shown to a live server. Takes a quarter of
# an hour. Other statements: make fuzz-safety SEED=42
SEED ?= 20261121
fuzz-safety:
	@$(MVN) verify -pl sql-safety -am -Dtest=NoUnitTest -Dit.test=MutationFuzzIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dfuzz.statements=1000000 -Dfuzz.seed=$(SEED)

# The guard against PostgreSQL's own regression suite, from the Debian source package of the server: whatever is approved is
# run for real by a reader and may change nothing, read no catalog and call no function that is not on the list. Needs apt
# with package sources; the reports are in sql-safety/target/postgres-regression. About 10 minutes.
postgres-regression:
	@$(MVN) verify -pl sql-safety -am -Ppostgres-regression -Dtest=NoUnitTest -Dit.test='*Regression' \
	  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

# Time of a verdict on ordinary statements: median and p95, with its parts, the command as it is installed, and another
# parser beside it; and the slowest of the large attacks. About 5 minutes; docs/benchmarks.md has figures to compare with.
bench-safety: build
	@$(MVN) -q package -DskipTests -pl benchmarks -am
	@"$$(scripts/find-jdk)/bin/java" --sun-misc-unsafe-memory-access=allow -cp 'benchmarks/target/lib/*:benchmarks/target/classes' io.querytrail.benchmarks.SafetyReport \
	  $(DIST)/bin/querytrail

# 64 producers race 20,000 requests for budgets that fit 30 % of them, while audit-stream and the generator are killed with
# SIGKILL at random; then the money is counted again from the ledger topic and the model server's log, and a table says
# whether all of it adds up. About 10 minutes. Other moments of death: make chaos-ledger SEED=42
chaos-ledger:
	@$(MVN) -q verify -pl cli -am -Dtest=NoUnitTest -Dit.test=LedgerChaosIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dchaos.requests=20000 -Dchaos.kills=12 -Dchaos.seed=$(SEED)

BENCH := "$$(scripts/find-jdk)/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -Dsun.net.httpserver.nodelay=true -Xmx2g -cp 'benchmarks/target/lib/*:benchmarks/target/classes'

# The sink with all its tables beside raw COPY of the same rows, and the log table alone beside Debezium's JDBC sink.
# Half an hour and 15 GB of disk for a million events; a smaller run: make bench-sink EVENTS=100000
EVENTS ?= 1000000
bench-sink:
	@$(MVN) -q package -DskipTests -pl benchmarks -am
	@$(MVN) -q -f benchmarks/debezium/pom.xml dependency:copy-dependencies -DoutputDirectory=target/lib
	@$(BENCH) -Xms2g -XX:+UseParallelGC -XX:NewRatio=1 -Dbench.events=$(EVENTS) -Dbench.dir=benchmarks/target/bench-sink -Dbench.debezium=benchmarks/debezium/target/lib \
	  io.querytrail.benchmarks.SinkReport

# Two years of log, read: cost reports, pages at any depth, requests by id. Ten million rows take half an hour and 25 GB of disk.
ROWS ?= 10000000
bench-log:
	@$(MVN) -q package -DskipTests -pl benchmarks -am
	@$(BENCH) -Dbench.rows=$(ROWS) -Dbench.dir=benchmarks/target/bench-log io.querytrail.benchmarks.LogReport

# The sink killed 20 times during 200,000 events, with another one that comes and goes and a database that is restarted
# twice; then the log is compared with the topic, row by row. make check runs a small form.
chaos-sink:
	@$(MVN) verify -pl metrics-sink -am -Dtest=NoUnitTest -Dit.test=SinkKillIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dchaos.events=200000 -Dchaos.kills=20 -Dchaos.restarts=2

# A history of a million requests, made by the stream itself on a broker of its own: how long until it admits again with its state
# and without, and how long a what-if over all of it takes. Takes half an hour and 15 GB; fewer: make bench-history REQUESTS=50000
REQUESTS ?= 1000000
HISTORY ?= $(shell pwd)/benchmarks/target/history
bench-history bench-recovery bench-replay:
	@$(MVN) -q package -DskipTests -pl benchmarks -am
	@rm -rf '$(HISTORY)' && mkdir -p '$(HISTORY)'
	@"$$(scripts/find-jdk)/bin/java" -Dsun.net.httpserver.nodelay=true --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
	  -cp 'benchmarks/target/lib/*:benchmarks/target/classes' io.querytrail.benchmarks.LedgerHistoryReport '$(HISTORY)' $(REQUESTS)
	@rm -rf '$(HISTORY)'

# A million random ledger commands, checked after every fact against a second bookkeeping: a few minutes. A failure prints
# its seed and the shortest history that fails; run it again with: make property-ledger LEDGER_SEED=42
LEDGER_SEED ?=
property-ledger:
	@$(MVN) test -pl audit-stream -am -Dtest=LedgerPropertyTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dquerytrail.steps=1000000 $(if $(LEDGER_SEED),-Dquerytrail.seed=$(LEDGER_SEED))

# Decisions of the ledger in a second on one core, in CPU time, garbage collection and all. About two minutes.
bench-ledger:
	@$(MVN) -q package -DskipTests -pl benchmarks -am
	@"$$(scripts/find-jdk)/bin/java" --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xms2g -Xmx2g \
	  -cp 'benchmarks/target/lib/*:benchmarks/target/classes' io.querytrail.benchmarks.LedgerReport

# The ledger in the topology, with RocksDB and a real broker, all on this machine: decisions in a second, and how long a request
# waits for its admission. Two minutes; docs/benchmarks.md has figures.
TOPOLOGY_REQUESTS ?= 40000
TOPOLOGY := $(shell pwd)/benchmarks/target/topology
bench-topology:
	@$(MVN) -q package -DskipTests -pl benchmarks -am
	@rm -rf '$(TOPOLOGY)' && mkdir -p '$(TOPOLOGY)'
	@"$$(scripts/find-jdk)/bin/java" -Dsun.net.httpserver.nodelay=true --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
	  -cp 'benchmarks/target/lib/*:benchmarks/target/classes' io.querytrail.benchmarks.TopologyReport '$(TOPOLOGY)' $(TOPOLOGY_REQUESTS)
	@rm -rf '$(TOPOLOGY)'
# The generator beside a bare loop over the JDK's HTTP client: throughput with 1,000 calls in flight, CPU of each, a slow tail,
# without HTTP, the time that a generation takes beyond its call, and kept answers. About 5 minutes on an idle machine.
bench-generator:
	@$(MVN) -q package -DskipTests -pl benchmarks -am
	@rm -rf benchmarks/target/bench-generator
	@scripts/fetch-cache-servers benchmarks/target/cache-servers > /dev/null || echo "only the cache in memory is measured"
	@$(BENCH) -Xms4g -Xmx4g io.querytrail.benchmarks.GeneratorReport benchmarks/target/bench-generator benchmarks/target/cache-servers

# A real database of 2,000 tables: reading its catalogs, ranking it by a question, writing a prompt. Half a minute.
bench-schema:
	@$(MVN) -q package -DskipTests -pl benchmarks -am
	@rm -rf benchmarks/target/bench-schema
	@$(BENCH) io.querytrail.benchmarks.SchemaReport benchmarks/target/bench-schema

# Every benchmark, in a form of a few minutes; each by itself has a longer form above.
bench:
	@$(MAKE) --no-print-directory bench-safety
	@$(MAKE) --no-print-directory bench-ledger
	@$(MAKE) --no-print-directory bench-schema
	@$(MAKE) --no-print-directory bench-generator
	@$(MAKE) --no-print-directory bench-sink EVENTS=20000
	@$(MAKE) --no-print-directory bench-log ROWS=100000
	@$(MAKE) --no-print-directory bench-history REQUESTS=5000
	@$(MAKE) --no-print-directory bench-topology TOPOLOGY_REQUESTS=10000

build: $(DIST)/.built

$(DIST)/.built: $(SOURCES)
	@scripts/find-jdk > /dev/null
	@echo "building (the first time brings the dependencies, a few minutes)"
	@$(MVN) -q package -Dmaven.test.skip=true
	@JAVA_HOME=$$(scripts/find-jdk) $(DIST)/bin/make-start-cache > /dev/null 2>&1 || true
	@touch $@

format:
	@$(MVN) -q spotless:apply

clean:
	@$(MVN) -q clean
