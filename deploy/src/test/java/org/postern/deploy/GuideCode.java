// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/// The code of the guides, as a reader copies it.
final class GuideCode {
    private GuideCode() {}

    /// The first block of a kind in a guide.
    static String block(String guide, String kind) throws Exception {
        Path file = Path.of(System.getProperty("postern.project.root", ".."), "docs/guides", guide);
        Matcher matcher =
                Pattern.compile("```" + kind + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(file));
        assertThat(matcher.find()).as(kind).isTrue();
        return matcher.group(1);
    }

    /// Compiles a class.
    ///
    /// @return the folder of its classes
    static Path compiled(Path folder, String name, String source) throws Exception {
        Path file = folder.resolve(name + ".java");
        Files.writeString(file, source);
        Path classes = Files.createDirectories(folder.resolve("classes-" + name));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        boolean done = compiler.getTask(
                        said,
                        null,
                        null,
                        List.of("-d", classes.toString(), "-proc:none"),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
                .call();
        assertThat(done).as(said.toString()).isTrue();
        return classes;
    }
}
