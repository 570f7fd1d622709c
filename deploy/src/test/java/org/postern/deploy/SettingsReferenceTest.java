// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.postern.core.config.ConfigDoc;
import org.postern.core.directory.ldap.LdapConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.scanworkers.BuiltInFilters;

class SettingsReferenceTest {
    private static final String HEAD = """
            # Settings

            Every setting of `postern.yaml`, made from the code. Times have a unit (`ms`, `s`, `m`, `h`, `d`), sizes are
            written `64KiB`, `25MiB`, `1GiB`, relative paths start in the folder of the file. Any setting can be
            overridden on the command line: `--set farms.mx.deadline=30s`. `postern check` reports everything that is
            wrong at once, with lines.

            """;

    private static String reference() {
        Map<String, Class<? extends Record>> sections = new TreeMap<>();
        BuiltInFilters.factories().forEach(factory -> sections.put("engines." + factory.name(), factory.settings()));
        sections.put("directory.ldap", LdapConfig.class);
        return HEAD + ConfigDoc.markdown(PosternConfig.class, sections).stripTrailing() + "\n";
    }

    @Test
    void settingsPage_saysWhatTheCodeSays() throws IOException {
        Path page = Path.of(System.getProperty("postern.project.root", ".."), "docs/reference/settings.md");
        if (System.getenv("POSTERN_WRITE_DOCS") != null) {
            Files.writeString(page, reference());
        }

        assertThat(Files.exists(page) ? Files.readString(page) : "")
                .as("make it again: POSTERN_WRITE_DOCS=1 mvn test -pl deploy -am -Dtest=SettingsReferenceTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(reference());
    }
}
