// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Test suites of other projects, which lie beside the project and not in it.
public final class SuiteFiles {
    private SuiteFiles() {}

    /// The scenarios of a JSON suite. JSON is YAML 1.2.
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> scenarios(Path suite) {
        try {
            LoadSettings settings =
                    LoadSettings.builder().setCodePointLimit(10_000_000).build();
            Object loaded = new Load(settings).loadFromString(Files.readString(suite, StandardCharsets.UTF_8));
            return (List<Map<String, Object>>) Objects.requireNonNull(loaded);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A text of a scenario or test.
    public static String text(Map<String, Object> test, String key) {
        return Objects.requireNonNull(test.get(key)).toString();
    }

    /// What stands below a key.
    public static Map<String, Object> map(Map<String, Object> from, String key) {
        return cast(Objects.requireNonNull(from.get(key)));
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> cast(Object value) {
        return (Map<String, Object>) value;
    }
}
