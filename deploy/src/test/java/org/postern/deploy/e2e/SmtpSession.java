// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// A small SMTP client that shares no code with the server. Every read has a time-out; replies come back as text, all
/// lines joined by `\n`.
final class SmtpSession implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 90_000;

    private Socket socket;
    private InputStream in;
    private OutputStream out;

    private SmtpSession(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /// Connects, reads the greeting and says EHLO.
    static SmtpSession open(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, 10_000);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            SmtpSession session = new SmtpSession(socket);
            session.expect("220", session.readReply());
            session.expect("250", session.command("EHLO client.example.net"));
            return session;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// Starts TLS without looking at the certificate, which the server made itself, and says EHLO again.
    SmtpSession startTls() throws IOException {
        expect("220", command("STARTTLS"));
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustEverybody()}, new SecureRandom());
            SSLSocket tls =
                    (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
            tls.startHandshake();
            socket = tls;
            in = new BufferedInputStream(tls.getInputStream());
            out = tls.getOutputStream();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        expect("250", command("EHLO client.example.net"));
        return this;
    }

    String login(String user, String password) throws IOException {
        String token = "\0" + user + "\0" + password;
        return command("AUTH PLAIN " + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
    }

    /// Sends one line and reads the reply.
    String command(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        return readReply();
    }

    /// One whole transaction. Returns the first reply that is not a success, or the reply to end-of-data.
    /// A transaction that is refused before DATA is reset, so that another one can follow.
    String send(String sender, List<String> recipients, byte[] message) throws IOException {
        String reply = command("MAIL FROM:<" + sender + ">");
        for (int i = 0; i < recipients.size() && reply.startsWith("250"); i++) {
            reply = command("RCPT TO:<" + recipients.get(i) + ">");
        }
        if (!reply.startsWith("250")) {
            expect("250", command("RSET"));
            return reply;
        }
        return data(message);
    }

    /// DATA and the message, dots doubled. Returns the reply to its end, or the first one that is not a success.
    String data(byte[] message) throws IOException {
        return rawData(dotStuffed(message));
    }

    /// One whole transaction whose connection is reset when the first octet of the last reply is there.
    void sendAndReset(String sender, List<String> recipients, byte[] message) throws IOException {
        expect("250", command("MAIL FROM:<" + sender + ">"));
        for (String recipient : recipients) {
            expect("250", command("RCPT TO:<" + recipient + ">"));
        }
        expect("354", command("DATA"));
        out.write(dotStuffed(message));
        out.write(".\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        if (in.read() != '2') {
            throw new IOException("expected 2yz");
        }
        // No FIN, a RST.
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /// The same with the octets as they are: whatever in them looks like the end of the message is sent.
    String rawData(byte[] message) throws IOException {
        String reply = command("DATA");
        if (!reply.startsWith("354")) {
            return reply;
        }
        out.write(message);
        out.write(".\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return readReply();
    }

    /// The whole message in one chunk. RFC 3030.
    String bdat(byte[] message) throws IOException {
        out.write(("BDAT " + message.length + " LAST\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(message);
        out.flush();
        return readReply();
    }

    private static byte[] dotStuffed(byte[] message) {
        ByteArrayOutputStream stuffed = new ByteArrayOutputStream(message.length + 16);
        boolean lineStart = true;
        for (byte octet : message) {
            if (lineStart && octet == '.') {
                stuffed.write('.');
            }
            stuffed.write(octet);
            lineStart = octet == '\n';
        }
        return stuffed.toByteArray();
    }

    String readReply() throws IOException {
        StringBuilder reply = new StringBuilder();
        while (true) {
            String line = readLine();
            reply.append(reply.isEmpty() ? "" : "\n").append(line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                return reply.toString();
            }
        }
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new EOFException("connection closed by the server");
            }
            if (octet != '\r') {
                line.write(octet);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private void expect(String code, String reply) throws IOException {
        if (!reply.startsWith(code)) {
            throw new IOException("expected " + code + ", was told " + reply);
        }
    }

    /// Says QUIT where that is still possible, and closes.
    @Override
    public void close() throws IOException {
        try (Socket closing = socket) {
            closing.setSoTimeout(5_000);
            command("QUIT");
        } catch (IOException alreadyGone) {
            // nothing left to say
        }
    }

    private static final class TrustEverybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
