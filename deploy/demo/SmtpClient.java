// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// Just enough SMTP to send a mail. It trusts any certificate, as the demo's is self-made.
final class SmtpClient implements AutoCloseable {
    private Socket socket;
    private BufferedReader in;
    private OutputStream out;

    private SmtpClient(Socket socket) throws IOException {
        use(socket);
    }

    private void use(Socket connected) throws IOException {
        socket = connected;
        in = new BufferedReader(new InputStreamReader(connected.getInputStream(), StandardCharsets.UTF_8));
        out = connected.getOutputStream();
    }

    static SmtpClient connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        socket.setSoTimeout(60_000);
        SmtpClient client = new SmtpClient(socket);
        client.readReply();
        client.command("EHLO mail.elsewhere.example");
        return client;
    }

    void startTls() throws IOException {
        command("STARTTLS");
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
            use(context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        command("EHLO mail.elsewhere.example");
    }

    void login(String user, String password) throws IOException {
        String token = "\0" + user + "\0" + password;
        String reply = command("AUTH PLAIN " + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
        if (!reply.startsWith("235")) {
            throw new IOException("login refused: " + reply);
        }
    }

    /// One transaction; returns the reply that decided it.
    String send(String sender, String recipient, byte[] message) throws IOException {
        String reply = command("MAIL FROM:<" + sender + ">");
        if (reply.startsWith("250")) {
            reply = command("RCPT TO:<" + recipient + ">");
        }
        if (!reply.startsWith("250")) {
            return reply;
        }
        reply = command("DATA");
        if (!reply.startsWith("354")) {
            return reply;
        }
        out.write(message);
        return command(".");
    }

    private String command(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        return readReply();
    }

    private String readReply() throws IOException {
        while (true) {
            String line = in.readLine();
            if (line == null) {
                throw new EOFException("the server closed the connection");
            }
            if (line.length() < 4 || line.charAt(3) == ' ') {
                return line;
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (Socket closing = socket) {
            command("QUIT");
        }
    }

    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
