// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.ByteSize;

final class ConfigDiffTest {
    enum Kind {
        FULL_SIZE,
        SMALL
    }

    record Inner(Duration pause, OptionalDouble score, Kind kind) {}

    record Outer(Optional<Path> file, ByteSize size, Map<String, Inner> parts, Map<String, ConfigSection> engines) {}

    private static Outer outer(String yaml) {
        return ConfigFile.parse("test", Path.of("/x"), yaml, List.of(), Outer.class);
    }

    private static final String BEFORE = """
            size: 1MiB
            parts:
              a: { pause: 1s, score: 5, kind: small }
              b: { pause: 1s, kind: small }
            engines: { e: { x: 1 } }
            """;

    @Test
    void nothing_differs_from_the_same_written_otherwise() {
        assertThat(ConfigDiff.between(outer(BEFORE), outer("# moved\n\n" + BEFORE.replace("1MiB", "1024KiB"))))
                .isEmpty();
    }

    @Test
    void each_setting_that_differs_is_named_as_it_is_written() {
        assertThat(ConfigDiff.between(outer(BEFORE), outer("""
                        file: cert.pem
                        size: 2MiB
                        parts:
                          a: { pause: 1s, score: 6.5, kind: full-size }
                          c: { pause: 1s, kind: small }
                        engines: { e: { x: 2 } }
                        """)).stream().map(ConfigDiff::toString))
                .containsExactly(
                        "file: - -> /x/cert.pem",
                        "size: 1MiB -> 2MiB",
                        "parts.a.score: 5.0 -> 6.5",
                        "parts.a.kind: small -> full-size",
                        "parts.b: written -> -",
                        "parts.c: - -> written");
    }
}
