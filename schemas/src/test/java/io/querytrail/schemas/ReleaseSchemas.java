package io.querytrail.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.avro.Schema;

/**
 * A step of every release: appends the schemas that this release writes and no earlier one wrote.
 * From the root of the repository:
 *
 * <pre>{@code
 * ./mvnw -q -pl schemas test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.querytrail.schemas.ReleaseSchemas -Dexec.args=0.1.0
 * }</pre>
 *
 * <p>Lines of the same release are made anew, since until it is out nobody has records of it. Lines
 * of earlier releases are never touched.
 */
public final class ReleaseSchemas {
  private static final Path FILE = Path.of("schemas/src/main/resources" + ReleasedSchema.RESOURCE);

  private ReleaseSchemas() {}

  /**
   * @param args the release, such as {@code 0.1.0}, and the file when it is not the source's
   */
  public static void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 2 || !args[0].matches("\\d+\\.\\d+\\.\\d+")) {
      throw new IllegalArgumentException("usage: ReleaseSchemas MAJOR.MINOR.PATCH [FILE]");
    }
    append(args.length == 2 ? Path.of(args[1]) : FILE, args[0]);
  }

  static void append(Path file, String release) throws IOException {
    List<ReleasedSchema> lines = new ArrayList<>();
    if (Files.exists(file)) {
      ReleasedSchema.readAll(Files.readString(file)).stream()
          .filter(line -> !line.release().equals(release))
          .forEach(lines::add);
    }
    List<Schema> earlier = lines.stream().map(ReleasedSchema::schema).toList();
    Events.types().stream()
        .map(type -> ReleasedSchema.bare(type.schema()))
        .filter(schema -> !earlier.contains(schema))
        .sorted(Comparator.comparing(Schema::getName))
        .forEach(schema -> lines.add(new ReleasedSchema(release, schema)));
    Files.write(file, lines.stream().map(ReleasedSchema::line).toList());
  }
}
