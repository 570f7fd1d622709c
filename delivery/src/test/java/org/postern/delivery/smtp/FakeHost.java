// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.testkit.Ports;

/// A mail host that does what no real one can be made to do: refuse, hang or hang up in any phase. It keeps
/// what it takes, octet for octet, and counts line ends that are none.
///
/// A script says what is answered to a word: `CONNECT`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `BODY` (in the
/// middle of a message), `.` (after it), `QUIT`. The answers [#HANG] and [#CUT] are done.
public final class FakeHost implements AutoCloseable {
    public static final String HANG = "hang";
    public static final String CUT = "cut";

    private final ServerSocket server;
    private final List<String> keywords;
    private final boolean lmtp;
    private final Map<String, String> script = new ConcurrentHashMap<>();
    private final List<Mail> mails = new CopyOnWriteArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    /// One mail it took.
    ///
    /// @param octets as ISO-8859-1 characters
    public record Mail(String from, List<String> recipients, String octets) {
        public String text() {
            return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }
    }

    private FakeHost(String address, int port, boolean lmtp, List<String> keywords) {
        try {
            this.server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getByName(address), port), 2000);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        this.lmtp = lmtp;
        this.keywords = keywords;
        Thread.ofVirtual().start(this::accept);
    }

    public static FakeHost smtp(String... keywords) {
        return new FakeHost("127.0.0.1", 0, false, List.of(keywords));
    }

    /// On another address of the loopback, at the port of another one; 0 for one that is free on all of them.
    public static FakeHost smtpAt(String address, int port, String... keywords) {
        return new FakeHost(address, port == 0 ? Ports.free() : port, false, List.of(keywords));
    }

    public static FakeHost lmtp(String... keywords) {
        return new FakeHost("127.0.0.1", 0, true, List.of(keywords));
    }

    /// Sets what is answered to a word.
    public FakeHost answer(String word, String reply) {
        script.put(word, reply);
        return this;
    }

    /// Answers as a good host again.
    public void behave() {
        script.clear();
    }

    public int port() {
        return server.getLocalPort();
    }

    public List<Mail> mails() {
        return List.copyOf(mails);
    }

    public List<String> commands() {
        return List.copyOf(commands);
    }

    public int connections() {
        return connections.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static final class Cut extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private void serve(Socket socket) {
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream())) {
            OutputStream out = socket.getOutputStream();
            say(out, "CONNECT", "", "220 fake ESMTP");
            String from = "";
            boolean open = false;
            List<String> recipients = new CopyOnWriteArrayList<>();
            while (true) {
                String line = line(in);
                commands.add(line);
                String word = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
                switch (word) {
                    case "EHLO", "LHLO" -> {
                        open = false;
                        say(out, "EHLO", line, hello());
                    }
                    case "HELO" -> say(out, "HELO", line, "250 fake");
                    case "MAIL" -> {
                        // RFC 5321 section 4.1.4: no MAIL while a transaction is open.
                        String reply = say(out, word, line, open ? "503 5.5.1 nested MAIL command" : "250 2.1.0 Ok");
                        if (reply.startsWith("250")) {
                            open = true;
                            from = path(line);
                            recipients.clear();
                        }
                    }
                    case "RCPT" -> {
                        String reply = say(out, word, line, "250 2.1.5 Ok");
                        if (reply.startsWith("250")) {
                            recipients.add(path(line));
                        }
                    }
                    case "DATA" -> {
                        String reply = say(out, word, line, recipients.isEmpty() ? "503 5.5.1 no" : "354 go");
                        if (reply.startsWith("354")) {
                            String octets = data(in, out);
                            open = false;
                            for (String each : lmtp ? List.copyOf(recipients) : List.of("")) {
                                String end = say(out, ".", each, "250 2.0.0 kept");
                                if (end.startsWith("250")) {
                                    mails.add(new Mail(from, lmtp ? List.of(each) : List.copyOf(recipients), octets));
                                }
                            }
                        }
                    }
                    case "RSET" -> {
                        open = false;
                        say(out, word, line, "250 2.0.0 Ok");
                    }
                    case "NOOP" -> say(out, word, line, "250 2.0.0 Ok");
                    case "QUIT" -> {
                        say(out, word, line, "221 2.0.0 bye");
                        return;
                    }
                    default -> say(out, word, line, "502 5.5.1 what?");
                }
            }
        } catch (IOException e) {
            // The client is gone, or was cut off.
        } finally {
            open.remove(socket);
        }
    }

    private String hello() {
        StringBuilder reply = new StringBuilder();
        for (int i = 0; i <= keywords.size(); i++) {
            reply.append(i > 0 ? "\r\n" : "")
                    .append(i == keywords.size() ? "250 " : "250-")
                    .append(i == 0 ? "fake" : keywords.get(i - 1));
        }
        return reply.toString();
    }

    private static String path(String line) {
        return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
    }

    /// A reply to this very line wins over one to its word.
    private String say(OutputStream out, String word, String line, String usual) throws IOException {
        String about = script.keySet().stream()
                .filter(key -> key.startsWith(word + " ") && line.contains(key.substring(word.length() + 1)))
                .findFirst()
                .orElse(word);
        String reply = script.getOrDefault(about, usual);
        if (reply.equals(CUT)) {
            throw new Cut();
        }
        if (reply.equals(HANG)) {
            hang();
        }
        out.write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        return reply;
    }

    private void hang() throws IOException {
        try {
            synchronized (this) {
                while (!server.isClosed()) {
                    wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new Cut();
    }

    /// Only CRLF.CRLF ends a message; a CR or LF on its own is kept as it is.
    private String data(InputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        StringBuilder last = new StringBuilder("\r\n");
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                throw new Cut();
            }
            if (script.containsKey("BODY") && kept.size() > 10) {
                say(out, "BODY", "", "");
            }
            kept.write(octet);
            last.append((char) octet);
            if (last.length() > 5) {
                last.deleteCharAt(0);
            }
            if (last.toString().equals("\r\n.\r\n")) {
                break;
            }
        }
        String text = kept.toString(StandardCharsets.ISO_8859_1);
        String message = text.substring(0, text.length() - 3);
        String unstuffed = message.startsWith(".") ? message.substring(1) : message;
        return unstuffed.replace("\r\n.", "\r\n");
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                throw new Cut();
            }
            if (octet == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) octet);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            synchronized (this) {
                notifyAll();
            }
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
