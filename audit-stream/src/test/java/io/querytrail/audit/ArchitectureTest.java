package io.querytrail.audit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "io.querytrail.audit";
  private static final String[] DOMAIN = {
    ROOT + ".ledger", ROOT + ".money", ROOT + ".chain", ROOT + ".verdict", ROOT + ".whatif"
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void domainKnowsNothingButJavaAndItself() {
    classes()
        .that()
        .resideInAnyPackage(DOMAIN)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(join(DOMAIN, "java..", "javax.crypto..", "org.jspecify.annotations.."))
        .check(CLASSES);
  }

  @Test
  void domainDoesNotKnowHowItIsStoredOrSent() {
    noClasses()
        .that()
        .resideInAnyPackage(DOMAIN)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "java.net..", "java.io..", "java.nio.file..")
        .check(CLASSES);
  }

  @Test
  void stateKnowsTheDomainAndItsOwnRows() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".state")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            join(
                DOMAIN,
                ROOT + ".state..",
                "java..",
                "org.apache.avro..",
                "org.jspecify.annotations.."))
        .check(CLASSES);
  }

  @Test
  void kafkaIsKnownInTheTopologyTheAlertsAndTheRootAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, ROOT + ".topology", ROOT + ".alerts")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(CLASSES);
  }

  @Test
  void eventsAreKnownInTheTopologyAndTheAlertsAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".topology", ROOT + ".alerts")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.querytrail.events..")
        .check(CLASSES);
  }

  @Test
  void servicesDoNotKnowEachOther() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.querytrail.generator..", "io.querytrail.sink..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.querytrail.(audit..)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void timeChanceAndIdsComeFromTheRoot() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, ROOT + ".state.row")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDate.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(Math.class, "random")
        .check(CLASSES);
  }

  @Test
  void nothingWritesToTheConsole() {
    noClasses()
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }

  private static String[] join(String[] some, String... more) {
    String[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }
}
