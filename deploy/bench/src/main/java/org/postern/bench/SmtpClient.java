// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// One SMTP connection that sends mail the way `smtp-source` does: a command, its reply, the next command.
final class SmtpClient implements Closeable {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int LONGEST_LINE = 2_000;
    private static final byte[] END = {'.', '\r', '\n'};

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    /// Connects and greets; throws when the server does not want to talk.
    SmtpClient(InetSocketAddress address) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
            out = new BufferedOutputStream(socket.getOutputStream(), 65_536);
            expect(220, reply());
            expect(250, command("EHLO bench.example.org"));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// The reply code to the end of data, and how long the client waited for it.
    ///
    /// @param code the SMTP reply code
    /// @param nanos from the last byte of the mail to the reply
    record Answer(int code, long nanos) {}

    /// Sends one mail; a refusal before DATA is returned as the answer, too.
    Answer send(String sender, String recipient, byte[] message) throws IOException {
        int code = command("MAIL FROM:<" + sender + ">");
        if (code == 250) {
            code = command("RCPT TO:<" + recipient + ">");
        }
        if (code == 250) {
            code = command("DATA");
        }
        if (code != 354) {
            return new Answer(code, 0);
        }
        out.write(message);
        out.write(END);
        out.flush();
        long sent = System.nanoTime();
        return new Answer(reply(), System.nanoTime() - sent);
    }

    /// Names one recipient, who should be refused; returns the code of that.
    int refused(String sender, String recipient) throws IOException {
        expect(250, command("MAIL FROM:<" + sender + ">"));
        return command("RCPT TO:<" + recipient + ">");
    }

    void quit() throws IOException {
        command("QUIT");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private int command(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return reply();
    }

    private static void expect(int wanted, int code) throws IOException {
        if (code != wanted) {
            throw new IOException("reply " + code + " where " + wanted + " was expected");
        }
    }

    /// Reads a reply of any number of lines (RFC 5321 section 4.2.1) and returns its code.
    private int reply() throws IOException {
        while (true) {
            String line = line();
            if (line.length() >= 3 && (line.length() == 3 || line.charAt(3) != '-')) {
                try {
                    return Integer.parseInt(line, 0, 3, 10);
                } catch (NumberFormatException e) {
                    throw new IOException("not an SMTP reply: " + line, e);
                }
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < LONGEST_LINE) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("the server hung up");
            }
            if (octet == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) octet);
        }
        throw new IOException("a reply line longer than " + LONGEST_LINE);
    }
}
