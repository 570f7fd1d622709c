// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.directory.Account;
import org.postern.core.directory.ScramCredential;
import org.postern.core.mail.MailAddress;

final class ScramDecoyTest {
    private static final String NOBODY = "nobody@here.example";

    @TempDir
    private Path folder;

    private ScramDecoyConfig config(String yaml) {
        return ConfigFile.parse("test", folder, yaml, java.util.List.of(), ScramDecoyConfig.class);
    }

    private Path secret(String text) throws Exception {
        return Files.writeString(folder.resolve("secret"), text, StandardCharsets.US_ASCII);
    }

    private static ScramCredential real(int iterations, int saltOctets) {
        return new ScramCredential(
                new Account(MailAddress.parse("alice@here.example"), Set.of(), "alice"),
                new byte[saltOctets],
                iterations,
                new byte[32],
                new byte[32]);
    }

    @Test
    void settings_thatSayNothing_areTheDefaults_andEachIsTakenOver() {
        assertThat(config("{}")).isEqualTo(ScramDecoyConfig.defaults());
        assertThat(config("{ secret-file: s, iterations: 5000, salt-octets: 12 }"))
                .isEqualTo(new ScramDecoyConfig(
                        Optional.of(folder.resolve("s")), OptionalInt.of(5000), OptionalInt.of(12)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScramDecoyConfig(Optional.empty(), OptionalInt.of(4095), OptionalInt.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScramDecoyConfig(Optional.empty(), OptionalInt.empty(), OptionalInt.of(65)));
    }

    @Test
    void salt_withOneSecret_isTheSameInEveryProcess_andWithoutOneInNone() throws Exception {
        secret("s".repeat(32));
        ScramDecoy one = ScramDecoy.open(config("secret-file: secret"));
        ScramDecoy other = ScramDecoy.open(config("secret-file: secret"));

        assertThat(one.salt(NOBODY)).hasSize(16).isEqualTo(other.salt(NOBODY)).isNotEqualTo(one.salt("x" + NOBODY));
        assertThat(new ScramDecoy().salt(NOBODY)).isNotEqualTo(new ScramDecoy().salt(NOBODY));
        secret("t".repeat(32));
        assertThat(ScramDecoy.open(config("secret-file: secret")).salt(NOBODY)).isNotEqualTo(one.salt(NOBODY));
    }

    @Test
    void shape_followsRealAccounts_unlessItIsConfigured() throws Exception {
        ScramDecoy learning = new ScramDecoy();
        assertThat(learning.iterations()).isEqualTo(65_536);
        learning.learn(real(4096, 12));
        assertThat(learning.iterations()).isEqualTo(4096);
        assertThat(learning.salt(NOBODY)).hasSize(12);

        secret("s".repeat(32));
        ScramDecoy fixed = ScramDecoy.open(config("{ secret-file: secret, iterations: 10000, salt-octets: 24 }"));
        fixed.learn(real(4096, 12));
        assertThat(fixed.iterations()).isEqualTo(10_000);
        assertThat(fixed.salt(NOBODY)).hasSize(24);
    }

    @Test
    void secret_thatIsTooShortTooLongOrNotThere_isRefused() throws Exception {
        for (int length : new int[] {0, 31, 4097}) {
            secret("s".repeat(length));
            assertThatThrownBy(() -> ScramDecoy.open(config("secret-file: secret")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("32 octets");
        }
        assertThatThrownBy(() -> ScramDecoy.open(config("secret-file: missing")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be read");
    }
}
