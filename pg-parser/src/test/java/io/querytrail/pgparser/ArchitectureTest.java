package io.querytrail.pgparser;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "io.querytrail.pgparser";

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT)
          .that(
              describe(
                  "are written by hand",
                  (JavaClass type) -> !type.getSimpleName().startsWith("LibPgQuery")));

  @Test
  void knowsNothingOfOursAndNoInputOrOutput() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            ROOT,
            "com.dylibso.chicory..",
            "com.fasterxml.jackson..",
            "org.jspecify.annotations",
            "java.lang..",
            "java.util..",
            "java.io",
            "java.nio",
            "java.nio.charset")
        .check(classes);
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.io\\.File.*")
        .check(classes);
  }

  @Test
  void noOtherModuleSeesWebAssembly() {
    noClasses()
        .that()
        .haveModifier(JavaModifier.PUBLIC)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.dylibso.chicory..")
        .check(classes);
  }
}
