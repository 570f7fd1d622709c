// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
    @TempDir
    private Path folder;

    private Path config = Path.of("");

    @BeforeEach
    void init() {
        Path site = folder.resolve("site");
        Typed.run(0, "init", site.toString(), "--domain", "example.org", "--account", "a@example.org:x", "--loopback");
        config = site.resolve("postern.yaml");
    }

    private String[] check(String... more) {
        return Stream.concat(Stream.of("check", "--config", config.toString()), Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void whatInitWrites_isRight_andTheSumsAreShownAsLongAsIsAsked() {
        assertThat(Typed.run(0, check()))
                .contains("heap: at most", "open files: at most", "postern.yaml: ok")
                .doesNotContain("the process itself");
        assertThat(Typed.run(0, check("--bounds"))).contains("MiB  the process itself");
    }

    @Test
    void listsOfAFarm_areReadToo() throws Exception {
        Path lists = Files.writeString(folder.resolve("lists"), "deny client 192.0.2.1\n");
        String setting = "farms.mx.admission.lists=[" + lists + "]";
        assertThat(Typed.run(0, check("--set", setting))).contains("farm mx: 1 rules in its lists");
        Files.writeString(lists, "deny client 192.0.2.1\ndenny client 192.0.2.2\n");
        assertThat(Typed.complaint(2, check("--set", setting)))
                .contains("farms.mx", "lists:2: not a rule; write for example");
    }

    @Test
    void missingCertificate_isNamedInWords() {
        assertThat(Typed.complaint(2, check("--set", "tls={certificate: /nope.pem, key: /nope.key}")))
                .contains("the certificate /nope.pem is not there", "the key /nope.key is not there")
                .doesNotContain("Exception");
    }
}
