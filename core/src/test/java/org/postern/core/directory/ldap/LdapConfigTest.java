// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.config.HostAndPort;
import org.postern.core.directory.cache.CacheConfig;
import org.postern.core.mail.Domain;

class LdapConfigTest {
    @TempDir
    private Path folder;

    private Path write(String text) throws Exception {
        return Files.writeString(folder.resolve("postern.yaml"), text);
    }

    private static <C extends Record> C read(Path file, Class<C> settings) {
        return ConfigFile.read(file, List.of(), settings);
    }

    @Test
    void defaults_areTheDocumentedOnes() throws Exception {
        LdapConfig read =
                read(write("servers: [{ address: 'ldap1:389' }]\nbase-dn: dc=example,dc=org\n"), LdapConfig.class);

        assertThat(read)
                .isEqualTo(LdapConfig.of(
                        List.of(new LdapServerConfig(
                                new HostAndPort("ldap1", 389), LdapTls.STARTTLS, LdapRole.PROVIDER)),
                        "dc=example,dc=org"));
    }

    @Test
    void defaults_ofTheCache_areTheDocumentedOnes() throws Exception {
        assertThat(read(write("size: 100000\n"), CacheConfig.class)).isEqualTo(CacheConfig.DEFAULT);
    }

    @Test
    void schema_canBeChangedOneByOne() throws Exception {
        LdapConfig read = read(write("""
                        servers: [{ address: 'ldap1:636', tls: implicit }, { address: 'ldap2:389', role: replica }]
                        base-dn: dc=example,dc=org
                        preset: active-directory
                        domains: [example.org]
                        domain-aliases: { alias.example: example.org }
                        schema: { mail-host: mailHost, alternate: "", catch-all: on }
                        """), LdapConfig.class);

        assertThat(read.effectiveSchema().mailHost()).isEqualTo("mailHost");
        assertThat(read.effectiveSchema().alternate()).isEmpty();
        assertThat(read.effectiveSchema().catchAll()).isTrue();
        assertThat(read.domainAliases()).containsEntry(new Domain("alias.example"), new Domain("example.org"));
    }

    @Test
    void mistakes_areRefusedWithWhatToDo() throws Exception {
        String servers = "servers: [{ address: 'ldap1:389' }]\nbase-dn: dc=example,dc=org\n";
        for (String mistake : List.of(
                "servers: [{ address: 'ldap1:389', role: replica }]\nbase-dn: dc=x\n",
                "servers: []\nbase-dn: dc=x\n",
                "servers: [{ address: 'ldap1:389' }]\nbase-dn: not a name\n",
                servers + "bind-dn: cn=x\n",
                servers + "connections: 0\n",
                servers + "schema: { recipient-filter: '(mail=x)' }\n",
                servers + "schema: { login-filter: '(uid={login}' }\n",
                servers + "message-store-root: relative\n")) {
            Path file = write(mistake);
            assertThatExceptionOfType(ConfigException.class).as(mistake).isThrownBy(() -> read(file, LdapConfig.class));
        }
    }
}
