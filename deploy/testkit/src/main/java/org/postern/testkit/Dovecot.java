// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A real Dovecot that takes mail over LMTP and shows it over IMAP; every user exists, with the same password.
///
/// Starts as root only; in a container it always can.
public final class Dovecot implements AutoCloseable {
    public static final String PASSWORD = "secret";

    private static final DaemonKind KIND =
            new DaemonKind("dovecot", "dovecot", "dovecot", "dovecot-core dovecot-lmtpd dovecot-imapd", true);
    /// The Maildirs' owner where the tests run as root: Dovecot refuses to deliver as root.
    private static final int SOMEBODY = 12_345;

    private final Daemon daemon;
    private final InetSocketAddress lmtpAddress = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final InetSocketAddress imapAddress = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final Path mail;

    private Dovecot(Options<Dovecot> options) {
        Path folder = Folders.create("dovecot");
        mail = Folders.createIn(folder, "mail");
        Folders.open(mail);
        Path configuration = folder.resolve("dovecot.conf");
        Folders.write(configuration, text(folder) + options.lines(Map.of(), " = "));
        daemon = Daemon.start(
                new DaemonCommand(KIND, folder, List.of("-F", "-c", configuration.toString())),
                options.way(),
                this::check);
    }

    public static Dovecot start() {
        return options().start();
    }

    /// Lines of `dovecot.conf` can be set.
    public static Options<Dovecot> options() {
        return new Options<>(Dovecot::new);
    }

    public InetSocketAddress lmtpAddress() {
        return lmtpAddress;
    }

    public InetSocketAddress imapAddress() {
        return imapAddress;
    }

    /// To freeze, kill and restart it, and to read its log.
    public Daemon daemon() {
        return daemon;
    }

    /// The files of the mails in this user's inbox (new and read), in no order.
    public List<Path> messages(String user) {
        List<Path> messages = new ArrayList<>(Folders.list(mail.resolve(user).resolve("new")));
        messages.addAll(Folders.list(mail.resolve(user).resolve("cur")));
        return messages;
    }

    @Override
    public void close() {
        daemon.close();
    }

    private String text(Path folder) {
        return """
                base_dir = %1$s/run
                state_dir = %1$s/state
                log_path = /dev/stderr
                protocols = lmtp imap
                listen = 127.0.0.1
                ssl = no
                disable_plaintext_auth = no
                auth_mechanisms = plain login
                mail_location = maildir:%2$s/%%u
                first_valid_uid = 1
                postmaster_address = postmaster@example.org
                passdb {
                  driver = static
                  args = password=%3$s
                }
                userdb {
                  driver = static
                  args = uid=%4$d gid=%5$d home=%2$s/%%u allow_all_users=yes
                }
                service lmtp {
                  inet_listener lmtp {
                    address = 127.0.0.1
                    port = %6$d
                  }
                }
                service imap-login {
                  inet_listener imap {
                    address = 127.0.0.1
                    port = %7$d
                  }
                  inet_listener imaps {
                    port = 0
                  }
                }
                """.formatted(
                        folder,
                        mail,
                        PASSWORD,
                        somebody(Folders.owner(folder)),
                        somebody(Folders.group(folder)),
                        lmtpAddress.getPort(),
                        imapAddress.getPort());
    }

    private static int somebody(int id) {
        return id == 0 ? SOMEBODY : id;
    }

    private void check() throws IOException {
        TcpDialogue.expect(lmtpAddress, "220 ");
        String login = "a LOGIN ready@example.org " + PASSWORD + "\r\nb LOGOUT\r\n";
        String reply = TcpDialogue.exchange(imapAddress, login.getBytes(StandardCharsets.US_ASCII), 65_536);
        if (!reply.contains("a OK")) {
            throw new IOException("Dovecot did not let a user in: " + reply);
        }
    }
}
