// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosternSiteTest {
    @TempDir
    Path site;

    @Test
    void filters_whenThereIsAScanner_areTheScannerAlone() throws IOException {
        write("    filters:\n      clamav: { weight: 100 }\n      rules: { weight: 1 }\n");
        assertThat(site.resolve("postern.yaml")).hasContent("    filters:\n      clamav: { weight: 100 }\n");
    }

    @Test
    void filters_whenThereIsNoScanner_areAnEmptyMapping() throws IOException {
        write("    filters:\n      rules: { weight: 1 }\n      attachments: { weight: 1 }\nstore: {}\n");
        assertThat(site.resolve("postern.yaml")).hasContent("    filters: {}\nstore: {}\n");
    }

    private void write(String text) throws IOException {
        Files.writeString(site.resolve("postern.yaml"), text);
        PosternSite.leaveClamdOnly(site.resolve("postern.yaml"));
    }
}
