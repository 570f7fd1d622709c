// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigFile;
import org.postern.core.filter.Filter;
import org.postern.deploy.config.PosternConfig;

class FiltersTest {
    @TempDir
    private Path folder;

    private List<String> names(String farms) {
        PosternConfig config = ConfigFile.parse("test", folder, """
                directory: { file: accounts.yaml }
                engines: { clamav: { backends: ["127.0.0.1:1"] } }
                farms:
                """ + farms.indent(2), List.of(), PosternConfig.class);
        try (Filters filters =
                Filters.create(config, config.farms().values(), folder, folder, new SimpleMeterRegistry())) {
            return filters.all().stream().map(Filter::name).toList();
        }
    }

    @Test
    void farmWithAVirusScanner_isNotSaidToHaveNone() {
        String with = "mx: { listen: [{ port: 25 }], filters: { clamav: { weight: 100 } } }\n";
        assertThat(names(with)).containsExactly("clamav");
        assertThat(names(with + "sub: { listen: [{ port: 587 }], filters: { rules: { weight: 1 } } }\n"))
                .containsExactly("clamav", "rules", NoVirusScanner.NAME);
    }
}
