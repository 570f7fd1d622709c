// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.postern.core.config.HostAndPort;

/// An LDAP server in this process, without a schema of its own.
final class MemoryServer implements AutoCloseable {
    static final String BASE = "dc=example,dc=org";
    static final String READER = "cn=postern,dc=example,dc=org";
    final InMemoryDirectoryServer server;

    MemoryServer() throws Exception {
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
        config.setSchema(null);
        config.addAdditionalBindCredentials(READER, "reader");
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("test", InetAddress.getLoopbackAddress(), 0, null));
        server = new InMemoryDirectoryServer(config);
        server.add("dn: " + BASE, "objectClass: domain", "dc: example");
        server.startListening();
    }

    /// Adds a qmailUser with these further lines.
    MemoryServer user(String uid, String... lines) throws Exception {
        List<String> ldif = new java.util.ArrayList<>(
                List.of("dn: uid=" + uid + "," + BASE, "objectClass: person", "objectClass: qmailUser", "uid: " + uid));
        ldif.addAll(List.of(lines));
        server.add(ldif.toArray(String[]::new));
        return this;
    }

    LdapServerConfig address(LdapRole role) {
        return new LdapServerConfig(new HostAndPort("127.0.0.1", server.getListenPort()), LdapTls.NONE, role);
    }

    static Path passwordFile(String password) throws Exception {
        Path file = Files.createTempFile("ldap", ".password");
        Files.writeString(file, password + "\n");
        return file;
    }

    @Override
    public void close() {
        server.close();
    }
}
