// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.config.ConfigFile;
import org.postern.core.limits.ByteSize;

class AttachmentsConfigTest {
    private static AttachmentsConfig parse(String yaml) {
        return ConfigFile.parse("postern.yaml", Path.of("/etc"), yaml, List.of(), AttachmentsConfig.class);
    }

    @Test
    void settings_whenNothingIsWritten_areTheDefaults() {
        assertThat(parse("{}")).isEqualTo(AttachmentsConfig.DEFAULTS);
        assertThat(AttachmentsConfig.DEFAULTS.blockedExtensions()).hasSize(66).contains("exe", "iso", "xll");
        assertThat(AttachmentsConfig.DEFAULTS)
                .isEqualTo(new AttachmentsConfig(
                        AttachmentsConfig.DEFAULTS.blockedExtensions(),
                        12,
                        12,
                        12,
                        2,
                        3,
                        4,
                        2,
                        1,
                        1,
                        6,
                        1,
                        new UnpackConfig(
                                ByteSize.ofMiB(32), ByteSize.ofMiB(256), 250, 2_000, 5, Duration.ofSeconds(5), 1)));
    }

    @Test
    void settings_canAllBeSet() {
        assertThat(parse("""
                        blocked-extensions: [EXE]
                        blocked-score: 1
                        executable-score: 2
                        disguised-score: 3
                        mismatch-score: 4
                        macro-score: 5
                        remote-score: 6
                        encrypted-score: 7
                        encrypted-document-score: 8
                        unreadable-score: 9
                        too-complex-score: 10
                        ambiguous-score: 11
                        unpack:
                          file-max: 1MiB
                          unpacked-max: 2MiB
                          ratio-max: 10
                          files-max: 20
                          depth: 2
                          time: 1s
                          at-once: 3
                        """))
                .isEqualTo(new AttachmentsConfig(
                        List.of("exe"),
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        9,
                        10,
                        11,
                        new UnpackConfig(ByteSize.ofMiB(1), ByteSize.ofMiB(2), 10, 20, 2, Duration.ofSeconds(1), 3)));
    }
}
