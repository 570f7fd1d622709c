// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `postern prepare` on a copy of the packaged distribution, and what the command does with what it made.
class PrepareIT {
    @TempDir
    private Path folder;

    /// How a program ended, and what it wrote to standard output and standard error together.
    private record Ended(int exit, String said) {}

    private Ended run(String options, String... line) throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("POSTERN_JAVA_OPTIONS", options);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(240, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException(List.of(line) + " did not end: " + Files.readString(said));
        }
        return new Ended(process.exitValue(), Files.readString(said));
    }

    @Test
    void archive_ofAnInstallation_isUsedWhileItFits_andNeverInTheWay() throws Exception {
        Path original = PosternProcess.command().resolve("../..").normalize();
        Path copy = folder.resolve("copy");
        assertThat(run("", "cp", "-a", original.toString(), copy.toString()).exit())
                .isZero();
        Path archive = copy.resolve("lib/postern.aot");
        Files.deleteIfExists(archive);
        String postern = copy.resolve("bin/postern").toString();
        Ended plain = run("-Xmx512m", postern, "version");
        assertThat(plain.exit()).as(plain.said()).isZero();

        Ended prepared = run("-Xmx512m", postern, "prepare");
        assertThat(prepared.exit()).as(prepared.said()).isZero();
        assertThat(archive).isNotEmptyFile();
        // With this option the JVM does not start where it cannot use the archive.
        assertThat(run("-Xmx512m -XX:AOTMode=on", postern, "version")).isEqualTo(plain);
        assertThat(run("-Xmx300m -XX:+UseG1GC", postern, "version"))
                .as("other options than it was made with")
                .isEqualTo(plain);

        assertThat(run("-Xmx512m -Xshare:off", postern, "version"))
                .as("an option that does not go with it")
                .isEqualTo(plain);

        try (var jars = Files.list(copy.resolve("lib"))) {
            Path jar = jars.filter(file -> file.toString().contains("postern-core"))
                    .findFirst()
                    .orElseThrow();
            Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(3600)));
        }
        assertThat(run("-Xmx512m -XX:AOTMode=on", postern, "version").exit())
                .as("another library than it was made with")
                .isNotZero();
        assertThat(run("-Xmx512m", postern, "version")).isEqualTo(plain);
        Files.writeString(archive, "rubbish");
        assertThat(run("-Xmx512m", postern, "version")).isEqualTo(plain);

        Path blank = Files.createSymbolicLink(folder.resolve("a blank"), copy);
        assertThat(run("-Xmx512m", blank.resolve("bin/postern").toString(), "prepare"))
                .as("a path the JVM cannot hand on")
                .matches(ended -> ended.exit() == 1 && ended.said().contains("there is a blank in its name"));
        assertThat(run("-Xmx512m", blank.resolve("bin/postern").toString(), "version"))
                .isEqualTo(plain);
    }
}
