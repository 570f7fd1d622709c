// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A real slapd with a private database below `dc=example,dc=org`, loaded from LDIF text.
///
/// It knows the schemas core, cosine, nis and inetorgperson, and qmail-ldap's where the [SharedSuites] are.
/// A test that cannot do without it calls [#needQmailSchema()] before each of its methods.
public final class Slapd implements AutoCloseable {
    public static final String SUFFIX = "dc=example,dc=org";
    public static final String ROOT_DN = "cn=admin," + SUFFIX;
    public static final String ROOT_PASSWORD = "secret";

    /// For the settings of a database in which mail addresses are looked up.
    public static final String INDEX = "index mail,mailAlternateAddress,uid,entryCSN,entryUUID eq\n";

    private static final DaemonKind KIND = new DaemonKind("slapd", "slapd", "slapd", "slapd ldap-utils");
    private static final String QMAIL_SCHEMA = "ldap/qmail.schema";
    private static final String TREE =
            "dn: " + SUFFIX + "\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n";
    /// An anonymous bind, LDAP version 3 (RFC 4511 section 4.2), in BER.
    private static final byte[] BIND = {
        0x30, 0x0c, 0x02, 0x01, 0x01, 0x60, 0x07, 0x02, 0x01, 0x03, 0x04, 0, (byte) 0x80, 0
    };
    /// The answer: BindResponse with resultCode success.
    private static final String BOUND = "0\f\2\1\1a\7\n\1\0\4\0\4\0";

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final InetSocketAddress tlsAddress = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());

    private Slapd(Optional<Way> way, String ldif, String modules, String settings) {
        Path folder = Folders.create("slapd");
        Folders.createIn(folder, "db");
        Folders.write(folder.resolve("tree.ldif"), ldif.equals("-") ? "" : TREE + ldif);
        Folders.write(folder.resolve("slapd.conf"), configuration(folder, copied(folder, modules), settings));
        DaemonCommand command = DaemonCommand.script(
                KIND,
                folder,
                // A restart keeps what was loaded and changed.
                "if [ ! -e db/data.mdb ]; then slapadd -q -f slapd.conf -l tree.ldif || exit 1; fi; "
                        + "exec slapd -f slapd.conf -h \"ldap://127.0.0.1:" + address.getPort() + "/"
                        + (modules.contains("TLSCertificateFile")
                                ? " ldaps://127.0.0.1:" + tlsAddress.getPort() + "/"
                                : "")
                        + "\" -d none");
        daemon = Daemon.start(command, way, this::check);
    }

    /// Starts it with these entries below [#SUFFIX], whose own entry is there already.
    public static Slapd start(String ldif) {
        return new Slapd(Optional.empty(), ldif, "", "");
    }

    /// Starts it with further lines of `slapd.conf`: before the database, such as `moduleload` or
    /// `TLSCertificateFile`, and in the database, such as `index`, `overlay` or `syncrepl`.
    public static Slapd start(String ldif, String modules, String settings) {
        return new Slapd(Optional.empty(), ldif, modules, settings);
    }

    /// Starts one that others can replicate.
    public static Slapd startProvider(String ldif) {
        return start(ldif, "moduleload syncprov\n", INDEX + "overlay syncprov\nsyncprov-checkpoint 10 1\n");
    }

    /// Starts a replica, which begins without even [#SUFFIX]'s own entry and fills itself.
    public static Slapd startReplica(Slapd provider) {
        String url = "ldap://127.0.0.1:" + provider.address().getPort();
        return new Slapd(
                Optional.empty(),
                "-",
                "",
                INDEX + "syncrepl rid=001 provider=" + url + " type=refreshAndPersist retry=\"1 +\" searchbase=\""
                        + SUFFIX + "\" bindmethod=simple binddn=\"" + ROOT_DN + "\" credentials=" + ROOT_PASSWORD
                        + "\nupdateref " + url + "\n");
    }

    static Slapd start(Way way, String ldif) {
        return new Slapd(Optional.of(way), ldif, "", "");
    }

    /// Aborts the test where there is no qmail-ldap schema.
    public static void needQmailSchema() {
        SharedSuites.path(QMAIL_SCHEMA);
    }

    public InetSocketAddress address() {
        return address;
    }

    /// Where it speaks TLS from the first octet (LDAPS), when it was given a certificate.
    public InetSocketAddress tlsAddress() {
        return tlsAddress;
    }

    /// To freeze, kill and restart it, and to read its log.
    public Daemon daemon() {
        return daemon;
    }

    @Override
    public void close() {
        daemon.close();
    }

    /// The same lines of `slapd.conf`, with certificates and keys copied, as a container sees the private
    /// folder only.
    private static String copied(Path folder, String modules) {
        StringBuilder text = new StringBuilder();
        for (String line : modules.lines().toList()) {
            String[] words = line.split(" ", 2);
            if (words.length == 2 && words[0].startsWith("TLS") && words[0].endsWith("File")) {
                Path original = Path.of(words[1]);
                Path copy = folder.resolve(words[0]);
                try {
                    Files.copy(original, copy);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                text.append(words[0]).append(' ').append(copy).append('\n');
            } else {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    private static String configuration(Path folder, String modules, String settings) {
        StringBuilder text = new StringBuilder();
        for (String schema : List.of("core", "cosine", "nis", "inetorgperson")) {
            text.append("include /etc/ldap/schema/").append(schema).append(".schema\n");
        }
        if (SharedSuites.present()) {
            // Copied, as a container sees the private folder only.
            Path copy = folder.resolve("qmail.schema");
            try {
                Files.copy(SharedSuites.path(QMAIL_SCHEMA), copy);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            text.append("include ").append(copy).append('\n');
        } else {
            System.out.println("postern testkit: no shared suites, so slapd runs without qmail.schema");
        }
        text.append("modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile ")
                .append(folder.resolve("slapd.pid"))
                .append('\n')
                .append(modules)
                .append("\ndatabase mdb\nmaxsize 1073741824\nsuffix ")
                .append(SUFFIX)
                .append("\nrootdn ")
                .append(ROOT_DN)
                .append("\nrootpw ")
                .append(ROOT_PASSWORD)
                .append("\ndirectory ")
                .append(folder.resolve("db"))
                .append("\nindex objectClass eq\naccess to attrs=userPassword by anonymous auth by * none\n")
                .append("access to * by * read\n");
        text.append(settings);
        return text.toString();
    }

    private void check() throws IOException {
        String reply = TcpDialogue.exchange(address, BIND, BOUND.length());
        if (!reply.equals(BOUND)) {
            throw new IOException(
                    "slapd did not accept a bind: " + List.of(reply.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }
}
