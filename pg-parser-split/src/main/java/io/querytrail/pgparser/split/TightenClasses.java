package io.querytrail.pgparser.split;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The build step after the compiler from WebAssembly: takes out of its classes what costs time in
 * every loop and gives nothing here (see {@link TightCode}). Arguments: directory of the classes,
 * their package, the prefix of their names.
 */
public final class TightenClasses {
  private TightenClasses() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]).resolve(arguments[1].replace('.', '/'));
    var memory = ClassDesc.of(arguments[1], "LinearMemory");
    var support = ClassDesc.of(arguments[1], arguments[2] + "Shaded");
    for (String suffix : List.of("", "FuncGroup_0", "MachineCall")) {
      Path file = directory.resolve(arguments[2] + suffix + ".class");
      Files.write(file, tightened(Files.readAllBytes(file), memory, support));
    }
  }

  static byte[] tightened(byte[] original, ClassDesc memory, ClassDesc support) {
    // Where paths join they carry the same classes, so nothing about classes needs to be known.
    ClassHierarchyResolver unknown =
        type -> ClassHierarchyResolver.ClassHierarchyInfo.ofInterface();
    var files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(unknown));
    ClassTransform tight =
        (builder, element) -> {
          if (element instanceof MethodModel method) {
            var code = new TightCode(memory, support, TightCode.slotOfInstance(method));
            builder.transformMethod(method, MethodTransform.transformingCode(code));
          } else {
            builder.with(element);
          }
        };
    return files.transformClass(files.parse(original), tight);
  }
}
