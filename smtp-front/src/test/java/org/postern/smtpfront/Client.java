// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// An SMTP client that sends exactly what it is told to, octet by octet if need be.
final class Client implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private Socket socket;
    private BufferedReader in;

    private Client(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        this.in = reader(socket);
    }

    /// Over a connection that is encrypted already.
    static Client over(SSLSocket socket) throws IOException {
        return new Client(socket);
    }

    static Client connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.connect(address, PATIENCE_MILLIS);
        return new Client(socket);
    }

    /// Connects and reads the greeting.
    static Client greeted(InetSocketAddress address) throws IOException {
        Client client = connect(address);
        client.reply();
        return client;
    }

    /// Connects with TLS from the first octet, is greeted, and says EHLO.
    static Client secure(InetSocketAddress address) throws IOException {
        Client client = connect(address);
        client.startTls();
        client.reply();
        client.say("EHLO client.example");
        return client;
    }

    /// The reply to a login by PLAIN.
    String logIn(String login, String password) throws IOException {
        byte[] plain = ("\0" + login + "\0" + password).getBytes(StandardCharsets.UTF_8);
        return say("AUTH PLAIN " + Base64.getEncoder().encodeToString(plain));
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    void startTls() throws IOException {
        SSLSocket tls =
                (SSLSocket) trusting().getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        tls.startHandshake();
        socket = tls;
        in = reader(tls);
    }

    /// The session of a connection under TLS.
    javax.net.ssl.SSLSession tlsSession() {
        return ((SSLSocket) socket).getSession();
    }

    void sendRaw(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /// Sends a line and returns the whole reply, its lines divided by `|`.
    String say(String line) throws IOException {
        sendRaw(line + "\r\n");
        return reply();
    }

    /// The next reply; empty at the end of the connection.
    String reply() throws IOException {
        StringBuilder reply = new StringBuilder();
        while (true) {
            String line = line();
            reply.append(line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                return reply.toString();
            }
            reply.append('|');
        }
    }

    /// The next line; empty at the end of the connection.
    String line() throws IOException {
        try {
            String line = in.readLine();
            return line == null ? "" : line;
        } catch (java.net.SocketException e) {
            return "";
        }
    }

    /// One whole transaction; the reply to the end of data.
    String mail(String from, String to, String message) throws IOException {
        say("MAIL FROM:<" + from + ">");
        say("RCPT TO:<" + to + ">");
        say("DATA");
        sendRaw(message);
        return say(".");
    }

    /// Waits until there is something to read.
    void await() throws IOException {
        in.mark(1024);
        in.read();
        in.reset();
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /// Closes with a reset.
    void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    static TrustManager[] trustManagers() {
        return new TrustManager[] {new TrustsAll()};
    }

    static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trustManagers(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static final class TrustsAll implements X509TrustManager {
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
