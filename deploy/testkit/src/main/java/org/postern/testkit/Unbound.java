// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A real Unbound that validates DNSSEC, with zones of its own: one that is signed, and some that are not.
///
/// Keys are made and the zone is signed by ldns at each start, and Unbound trusts that key alone; so what it
/// vouches for went the whole way from a signature to the AD bit. It asks no other server.
public final class Unbound implements AutoCloseable {
    private static final DaemonKind KIND = new DaemonKind("unbound", "unbound", "unbound", "unbound ldnsutils");
    private static final int TIMEOUT_MILLIS = 3_000;

    private final Daemon daemon;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final String signed;

    /// A zone.
    ///
    /// @param name without the final dot
    /// @param records in the form of a zone file, names relative to the zone; without SOA and NS of the zone
    public record Zone(String name, String records) {
        String text() {
            return "$ORIGIN " + name + ".\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n"
                    + records + "\n";
        }
    }

    private Unbound(Optional<Way> way, Zone secure, Map<String, String> forged, Zone... others) {
        signed = secure.name();
        Path folder = Folders.create("unbound");
        StringBuilder zones = new StringBuilder(authZone(secure.name(), folder.resolve("secure.signed")));
        Folders.write(folder.resolve("secure.zone"), secure.text());
        for (Zone other : others) {
            Path file = folder.resolve(other.name() + ".zone");
            Folders.write(file, other.text());
            zones.append(authZone(other.name(), file));
        }
        Folders.write(folder.resolve("unbound.conf"), configuration(folder) + zones);
        StringBuilder edits = new StringBuilder();
        forged.forEach((from, to) ->
                edits.append(" -e 's/").append(from).append('/').append(to).append("/g'"));
        daemon = Daemon.start(DaemonCommand.script(KIND, folder, script(edits.toString())), way, this::check);
    }

    /// @param secure is signed
    /// @param forged texts of the signed zone that are replaced after it was signed
    /// @param others are not signed; where one lies below the signed one, that must delegate it with NS
    public static Unbound start(Zone secure, Map<String, String> forged, Zone... others) {
        return new Unbound(Optional.empty(), secure, forged, others);
    }

    static Unbound start(Way way, Zone secure) {
        return new Unbound(Optional.of(way), secure, Map.of());
    }

    private String script(String edits) {
        return """
                set -e
                PATH=$PATH:/usr/sbin
                ZONE=@ZONE@
                rm -f K*
                ksk=$(ldns-keygen -a ECDSAP256SHA256 -k "$ZONE")
                zsk=$(ldns-keygen -a ECDSAP256SHA256 "$ZONE")
                ldns-signzone -f secure.signed secure.zone "$zsk" "$ksk"
                sed -i.true -e '' @EDITS@ secure.signed
                mv "$ksk.key" anchor.key
                exec unbound -d -c "$PWD/unbound.conf"
                """.replace("@ZONE@", signed).replace("@EDITS@", edits);
    }

    private String configuration(Path folder) {
        return """
                server:
                  directory: "@FOLDER@"
                  chroot: ""
                  username: ""
                  pidfile: ""
                  use-syslog: no
                  logfile: ""
                  do-daemonize: no
                  num-threads: 1
                  interface: @ADDRESS@
                  port: @PORT@
                  do-ip6: no
                  do-not-query-localhost: no
                  access-control: 127.0.0.0/8 allow
                  module-config: "validator iterator"
                  trust-anchor-file: "@FOLDER@/anchor.key"
                  val-log-level: 2
                """.replace("@FOLDER@", folder.toString())
                .replace("@ADDRESS@", address.getAddress().getHostAddress())
                .replace("@PORT@", String.valueOf(address.getPort()));
    }

    private static String authZone(String name, Path file) {
        return "auth-zone:\n  name: \"" + name + ".\"\n  zonefile: \"" + file
                + "\"\n  for-downstream: no\n  for-upstream: yes\n  fallback-enabled: no\n";
    }

    public InetSocketAddress address() {
        return address;
    }

    /// To freeze, kill and restart it, and to read its log.
    public Daemon daemon() {
        return daemon;
    }

    @Override
    public void close() {
        daemon.close();
    }

    /// Asks for the signed zone's SOA: the answer must be there, with the AD bit.
    private void check() throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        DataOutputStream query = new DataOutputStream(octets);
        // RFC 1035 section 4.1.1: id, flags RD and AD, one question.
        query.writeShort(0x4d49);
        query.writeShort(0x0120);
        query.writeShort(1);
        query.write(new byte[6]);
        for (String label : signed.split("\\.")) {
            query.writeByte(label.length());
            query.write(label.getBytes(StandardCharsets.US_ASCII));
        }
        query.writeByte(0);
        query.writeShort(6);
        query.writeShort(1);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address);
            socket.send(new DatagramPacket(octets.toByteArray(), octets.size()));
            byte[] answer = new byte[512];
            socket.receive(new DatagramPacket(answer, answer.length));
            boolean authentic = (answer[3] & 0x20) != 0;
            if ((answer[3] & 0x0f) != 0 || !authentic) {
                throw new IOException("rcode " + (answer[3] & 0x0f) + (authentic ? "" : ", nobody vouches for it"));
            }
        }
    }
}
