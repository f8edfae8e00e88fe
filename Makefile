# The two commands: `make demo` shows Querytrail at work, `make check` runs every test.
# Each does all of its own set-up and needs a JDK 25, Maven and, for the first run, the artifact repository.

.PHONY: demo check build format clean fuzz-safety bench-safety regress-safety

MVN := ./mvnw -B -ntp
DIST := cli/target/dist
SOURCES := $(shell find . -path '*/target' -prune -o \( -path '*/src/main/*' -o -name pom.xml \) -type f -print 2>/dev/null)

# A model of a real provider: make demo MODEL=openai:gpt-4o-mini (with OPENAI_API_KEY set)
MODEL ?=
# Where the demo keeps its state.
STATE ?= .querytrail

demo: build
	@./querytrail demo --state-dir '$(STATE)' $(if $(MODEL),--model '$(MODEL)')

check:
	@$(MVN) verify

# A million statements made out of the safety corpora; whatever is approved is shown to a live server. Takes a quarter of
# an hour. Other statements: make fuzz-safety SEED=42
SEED ?= 20261121
fuzz-safety:
	@$(MVN) verify -pl sql-safety -am -Dtest=NoUnitTest -Dit.test=MutationFuzzIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dfuzz.statements=1000000 -Dfuzz.seed=$(SEED)

build: $(DIST)/.built

$(DIST)/.built: $(SOURCES)
	@scripts/find-jdk > /dev/null
	@echo "building (the first time brings the dependencies, a few minutes)"
	@$(MVN) -q package -Dmaven.test.skip=true
	@touch $@

format:
	@$(MVN) -q spotless:apply

clean:
	@$(MVN) -q clean
