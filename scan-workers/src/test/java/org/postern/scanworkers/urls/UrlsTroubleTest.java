// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.filter.Extract;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.documents.Samples;

/// Where no document can be read.
@Timeout(120)
class UrlsTroubleTest {
    @TempDir
    private Path folder;

    @Test
    void scan_whenADocumentCannotBeRead_givesNoVerdict_andTheLinksOfTheOtherPartsCount() throws Exception {
        // Its process would run in a folder that is not there.
        Surroundings surroundings = new Surroundings(folder, folder.resolve("missing"), new SimpleMeterRegistry());
        String picture =
                Base64.getMimeEncoder().encodeToString(Samples.file(Samples.code("http://unseen.example/"), "png"));
        try (Filter filter = new UrlsFilterFactory().create(UrlsConfig.DEFAULTS, surroundings)) {
            assertThat(filter.scan(
                            Mails.of(
                                    "Content-Type: multipart/mixed; boundary=b",
                                    "",
                                    "--b",
                                    "Content-Type: image/png",
                                    "Content-Transfer-Encoding: base64",
                                    "",
                                    picture,
                                    "--b",
                                    "",
                                    "Pay at http://3221225985/ now",
                                    "--b--"),
                            Deadline.in(Duration.ofSeconds(30))))
                    .isInstanceOfSatisfying(NoVerdict.class, silence -> {
                        assertThat(silence.reason()).isEqualTo(NoVerdictReason.UNAVAILABLE);
                        assertThat(silence.soFar().findings())
                                .extracting(Finding::symbol)
                                .containsExactly("URL_IP_HIDDEN");
                        assertThat(silence.soFar().extracts())
                                .containsExactly(new Extract.Link("http://3221225985/", "192.0.2.1"));
                    });
        }
    }
}
