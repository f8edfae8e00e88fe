package io.querytrail.generator;

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

class ArchitectureTest {
  private static final String ROOT = "io.querytrail.generator";
  private static final String[] DOMAIN = {
    ROOT + ".model",
    ROOT + ".schema",
    ROOT + ".check",
    ROOT + ".routing",
    ROOT + ".generation",
    ROOT + ".offset",
    ROOT + ".prompt",
    ROOT + ".answer",
    ROOT + ".cache",
    ROOT + ".digest"
  };

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void domainKnowsNoTransportAndNoLibrary() {
    classes()
        .that()
        .resideInAnyPackage(
            ROOT + ".model",
            ROOT + ".schema",
            ROOT + ".check",
            ROOT + ".routing",
            ROOT + ".generation",
            ROOT + ".offset",
            ROOT + ".cache",
            ROOT + ".digest")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(with("java..", "org.jspecify.annotations"))
        .check(classes);
  }

  /** JSON is what models are told and what they tell: data, not transport. */
  @Test
  void promptsAndAnswersKnowJsonBesides() {
    classes()
        .that()
        .resideInAnyPackage(ROOT + ".prompt", ROOT + ".answer")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(with("java..", "org.jspecify.annotations", "com.fasterxml.jackson.."))
        .check(classes);
  }

  @Test
  void kafkaStaysInItsPackage() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, ROOT + ".kafka")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.querytrail.schemas..")
        .check(classes);
  }

  @Test
  void avroEventsStayAtTheEdge() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".kafka")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.querytrail.events..", "org.apache.avro..")
        .check(classes);
  }

  @Test
  void sqlStaysInDiscovery() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, ROOT + ".discovery")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "com.zaxxer..", "org.postgresql..")
        .check(classes);
  }

  @Test
  void modelLibraryStaysWithItsProvider() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".provider")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.langchain4j..", "com.knuddels..")
        .check(classes);
  }

  @Test
  void safetyCheckStaysInItsPackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".safety")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.querytrail.safety..", "io.querytrail.pgparser..")
        .check(classes);
  }

  @Test
  void resilienceLibraryStaysInItsPackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".resilience")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.github.resilience4j..")
        .check(classes);
  }

  @Test
  void cacheLibrariesStayWithTheStores() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".cachestore")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.github.benmanes.caffeine..", "io.lettuce..", "net.rubyeye..")
        .check(classes);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void timeChanceAndIdsComeFromTheRoot() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT)
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .check(classes);
  }

  private static String[] with(String... others) {
    String[] all = java.util.Arrays.copyOf(DOMAIN, DOMAIN.length + others.length);
    System.arraycopy(others, 0, all, DOMAIN.length, others.length);
    return all;
  }
}
