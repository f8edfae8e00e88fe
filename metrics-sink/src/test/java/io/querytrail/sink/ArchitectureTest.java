package io.querytrail.sink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "io.querytrail.sink";

  private final JavaClasses sink =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void domainIsPlainJava() {
    classes()
        .that()
        .resideInAnyPackage(ROOT + ".log", ROOT + ".partition")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", ROOT + ".log", ROOT + ".partition")
        .check(sink);
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".log", ROOT + ".partition")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..")
        .check(sink);
  }

  @Test
  void kafkaIsKnownAtItsEdgeOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, ROOT + ".kafka")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "org.apache.avro..")
        .check(sink);
  }

  @Test
  void databasesAreKnownAtTheirEdgesOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, ROOT + ".postgres", ROOT + ".report")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "javax.sql..",
            "org.postgresql..",
            "com.zaxxer.hikari..",
            "org.flywaydb..")
        .check(sink);
  }

  @Test
  void eventsStopAtTheMapper() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("Event")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.querytrail.events..")
        .check(sink);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(sink);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT)
        .check(sink);
  }

  @Test
  void timeAndChanceComeFromTheRoot() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT)
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callConstructor(Random.class)
        .check(sink);
  }
}
