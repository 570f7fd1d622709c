// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A real Postfix with private configuration and queue: takes mail over SMTP (`smtpd`) and QMQP (`qmqpd`) for any
/// recipient and puts all of it into one Maildir.
///
/// Starts as root only (Postfix' own demand); in a container it always can.
public final class Postfix implements AutoCloseable {
    static final DaemonKind KIND = new DaemonKind("postfix", "postfix", "postfix", "postfix", true);
    /// The Maildir's owner where the tests run as root: Postfix refuses to deliver as root.
    private static final int SOMEBODY = 12_345;

    private final Daemon daemon;
    private final InetSocketAddress smtpAddress = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final InetSocketAddress qmqpAddress = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final Path maildir;

    private Postfix(Options<Postfix> options) {
        Path folder = Folders.create("postfix");
        Path mail = Folders.createIn(folder, "mail");
        Folders.open(mail);
        maildir = mail.resolve("inbox");
        Path configuration = Folders.createIn(folder, "etc");
        Folders.createIn(folder, "queue");
        Folders.createIn(folder, "data");
        Folders.write(configuration.resolve("main.cf"), options.lines(settings(folder, mail), " = "));
        Folders.write(configuration.resolve("master.cf"), PostfixServices.text(smtpAddress, qmqpAddress));
        DaemonCommand command =
                DaemonCommand.script(KIND, folder, "chown postfix data && exec postfix -c \"$PWD/etc\" start-fg");
        daemon = Daemon.start(command, options.way(), this::check);
    }

    public static Postfix start() {
        return options().start();
    }

    /// Lines of `main.cf` can be set.
    public static Options<Postfix> options() {
        return new Options<>(Postfix::new);
    }

    public InetSocketAddress smtpAddress() {
        return smtpAddress;
    }

    public InetSocketAddress qmqpAddress() {
        return qmqpAddress;
    }

    /// To freeze, kill and restart it, and to read its log.
    public Daemon daemon() {
        return daemon;
    }

    /// The files of the mails delivered so far, in no order.
    public List<Path> messages() {
        return Folders.list(maildir.resolve("new"));
    }

    /// Waits until that many mails have been delivered, then returns them; fails after a minute.
    public List<Path> awaitMessages(int count) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (messages().size() < count) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "Postfix delivered " + messages().size() + " of " + count + " mails:\n" + daemon.log());
            }
            Daemon.sleep(Duration.ofMillis(50));
        }
        return messages();
    }

    @Override
    public void close() {
        daemon.close();
    }

    private static Map<String, String> settings(Path folder, Path mail) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("compatibility_level", "3.6");
        settings.put("queue_directory", folder.resolve("queue").toString());
        settings.put("data_directory", folder.resolve("data").toString());
        settings.put("maillog_file", "/dev/stdout");
        settings.put("myhostname", "postfix.example.org");
        settings.put("mydestination", "");
        settings.put("inet_protocols", "ipv4");
        settings.put("mynetworks", "127.0.0.0/8");
        settings.put("smtpd_peername_lookup", "no");
        settings.put("qmqpd_authorized_clients", "127.0.0.1");
        settings.put("default_process_limit", "20");
        settings.put("alias_maps", "");
        settings.put("alias_database", "");
        settings.put("message_size_limit", "104857600");
        settings.put("mailbox_size_limit", "0");
        settings.put("virtual_mailbox_limit", "0");
        settings.put("virtual_mailbox_domains", "static:all");
        settings.put("virtual_mailbox_base", mail.toString());
        settings.put("virtual_mailbox_maps", "static:inbox/");
        settings.put("virtual_uid_maps", "static:" + somebody(Folders.owner(folder)));
        settings.put("virtual_gid_maps", "static:" + somebody(Folders.group(folder)));
        return settings;
    }

    private static int somebody(int id) {
        return id == 0 ? SOMEBODY : id;
    }

    private void check() throws IOException {
        TcpDialogue.expect(smtpAddress, "220 ");
        if (!TcpDialogue.listens(qmqpAddress)) {
            throw new IOException("qmqpd does not listen");
        }
    }
}
