package io.querytrail.pgparser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MethodSizeTest {
  /**
   * HotSpot never compiles a longer method: it stays interpreted, and a statement takes
   * milliseconds.
   */
  private static final int COMPILED_BYTES = 8_000;

  @Test
  void everyMethodOfTheParserIsSmallEnoughToBeCompiled() throws Exception {
    // Given
    Path classes = classesOf(LibPgQuery.class);

    // When
    int largest;
    int methods;
    try (Stream<Path> files = Files.list(classes)) {
      int[] sizes =
          files
              .filter(file -> file.getFileName().toString().startsWith("LibPgQuery"))
              .filter(file -> file.toString().endsWith(".class"))
              .flatMapToInt(MethodSizeTest::methodSizes)
              .toArray();
      largest = java.util.Arrays.stream(sizes).max().orElseThrow();
      methods = sizes.length;
    }

    // Then
    assertThat(methods).isGreaterThan(400);
    assertThat(largest).isLessThan(COMPILED_BYTES);
  }

  private static Path classesOf(Class<?> type) throws URISyntaxException {
    var file = Objects.requireNonNull(type.getResource(type.getSimpleName() + ".class"));
    return Objects.requireNonNull(Path.of(file.toURI()).getParent());
  }

  private static java.util.stream.IntStream methodSizes(Path file) {
    try {
      return ClassFile.of().parse(file).methods().stream()
          .flatMap(method -> method.code().stream())
          .mapToInt(code -> ((CodeAttribute) code).codeLength());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
