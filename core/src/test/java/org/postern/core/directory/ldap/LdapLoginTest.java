// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.directory.Lookup;

/// Passwords, against a directory that is well.
class LdapLoginTest {
    private final LdapSite site = new LdapSite();

    LdapLoginTest() throws Exception {}

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void authenticate_byBind_tellsRightFromWrong() {
        assertThat(site.directory().authenticate("alice", "secret", LdapSite.soon()))
                .isInstanceOf(Lookup.Known.class);
        assertThat(site.directory().authenticate("Alice@example.org", "secret", LdapSite.soon()))
                .isInstanceOf(Lookup.Known.class);
        assertThat(List.of("Secret", "", "secret\0", "x".repeat(5000)))
                .allMatch(wrong ->
                        site.directory().authenticate("alice", wrong, LdapSite.soon()) instanceof Lookup.Unknown);
        assertThat(List.of("nobody", "", "*", "ali*", "alice)(uid=*", "alice," + MemoryServer.BASE, "alice\0"))
                .allMatch(name ->
                        site.directory().authenticate(name, "secret", LdapSite.soon()) instanceof Lookup.Unknown);
    }

    @Test
    void authenticate_byBind_leavesTheSearchesTheirName() throws Exception {
        site.settings.bindDn = MemoryServer.READER;
        site.settings.bindPasswordFile = Optional.of(MemoryServer.passwordFile("reader"));
        site.settings.connections = 1;
        site.restart();

        for (int i = 0; i < 5; i++) {
            assertThat(site.directory().authenticate("alice", "wrong", LdapSite.soon()))
                    .isInstanceOf(Lookup.Unknown.class);
            assertThat(site.directory().authenticate("alice", "secret", LdapSite.soon()))
                    .isInstanceOf(Lookup.Known.class);
            assertThat(site.known("bob@example.org")).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"noaccess", "disabled", "deleted"})
    void authenticate_withAStatusThatForbidsIt_isRefused(String status) throws Exception {
        site.server.user("carol", "mail: carol@example.org", "userPassword: secret", "accountStatus: " + status);

        assertThat(site.directory().authenticate("carol", "secret", LdapSite.soon()))
                .isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void authenticate_byStoredHash_tellsRightFromWrongAndAdmitsWhatItCannotRead() throws Exception {
        site.settings.passwords = PasswordCheck.STORED;
        site.restart();
        site.server.user("carol", "mail: carol@example.org", "userPassword: {SSHA}AL7G26QTEiqs3iQV/fKMqYgaN0cQhbHQ");

        assertThat(site.directory().authenticate("carol", "secret", LdapSite.soon()))
                .isInstanceOf(Lookup.Known.class);
        assertThat(site.directory().authenticate("carol", "Secret", LdapSite.soon()))
                .isInstanceOf(Lookup.Unknown.class);
        assertThat(site.directory().authenticate("alice", "secret", LdapSite.soon()))
                .isInstanceOf(Lookup.Undetermined.class);
    }

    @Test
    void authenticate_whenRefused_takesAtLeastThePause() {
        site.settings.loginPause = Duration.ofMillis(300);
        site.restart();

        for (String name : List.of("alice", "nobody")) {
            long before = System.nanoTime();
            assertThat(site.directory().authenticate(name, "wrong", LdapSite.soon()))
                    .isInstanceOf(Lookup.Unknown.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(290));
        }
    }

    @Test
    void scramCredential_isThereWhereTheStoredFormAllowsIt() throws Exception {
        site.server.user(
                "carol",
                "mail: carol@example.org",
                "authPassword: SCRAM-SHA-256$4096:c6dc91H2FqboWU/SMhYTyg==$OeuScI5GmR70gaUiVkc4/hWVkkMsIZcUln8T7nxu2RY="
                        + ":a2KNW9vQqJ80WWDbU6TJZqG59a177eD8C3iSJEh573E=");

        assertThat(site.directory().scramCredential("carol", LdapSite.soon()))
                .isInstanceOfSatisfying(
                        Lookup.Known.class,
                        known -> assertThat(known.value()).hasToString("ScramCredential[carol@example.org]"));
        assertThat(site.directory().scramCredential("alice", LdapSite.soon())).isInstanceOf(Lookup.Unknown.class);
        assertThat(site.directory().scramCredential("nobody", LdapSite.soon())).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void canonicalLogin_isOneForAllThatTheServerTakesForOne() {
        for (String written : List.of("Carol ", " caROL", "\uff23arol", "carol")) {
            assertThat(site.directory().canonicalLogin(written)).as(written).isEqualTo("carol");
        }
        assertThat(site.directory().canonicalLogin("ca  rol")).isEqualTo("ca rol");
    }
}
