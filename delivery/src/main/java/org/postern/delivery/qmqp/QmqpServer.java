// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MessageContentBuilder;
import org.postern.delivery.net.DeadlineInputStream;
import org.postern.delivery.net.Listener;

/// The standard QMQP server: one mail a connection, no answer before its last octet, nothing kept of a mail whose
/// client leaves earlier.
public final class QmqpServer implements AutoCloseable {
    private static final ByteSize IN_MEMORY = ByteSize.ofKiB(256);

    private final QmqpServerConfig config;
    private final long messageMax;
    private final Path tempFolder;
    private final QmqpIntake intake;
    private final Listener listener;

    private QmqpServer(QmqpServerConfig config, long messageMax, Path tempFolder, QmqpIntake intake) {
        this.config = config;
        this.messageMax = messageMax;
        this.tempFolder = tempFolder;
        this.intake = intake;
        this.listener = Listener.start("qmqp", config.listen(), config.allow(), config.connectionsMax(), this::serve);
    }

    /// Starts to listen.
    ///
    /// @param messageMax octets of the largest mail
    /// @param tempFolder where large mails wait for their envelope, which QMQP sends last
    public static QmqpServer start(QmqpServerConfig config, ByteSize messageMax, Path tempFolder, QmqpIntake intake) {
        return new QmqpServer(config, messageMax.bytes(), tempFolder, intake);
    }

    public List<InetSocketAddress> addresses() {
        return listener.addresses();
    }

    private void serve(Listener.Connection connection) throws IOException {
        if (!connection.idle(false)) {
            return;
        }
        DeadlineInputStream pace = new DeadlineInputStream(connection.socket(), config.dataRateMin());
        Deadline deadline = Deadline.in(config.mailTimeout());
        pace.until(deadline, true);
        InputStream in = new BufferedInputStream(pace, 16 * 1024);
        QmqpReply reply;
        boolean whole = true;
        try (MessageContentBuilder builder = new MessageContentBuilder(IN_MEMORY, tempFolder);
                QmqpRequest request = QmqpRequest.read(in, builder, messageMax, config.recipientsMax())) {
            reply = intake.take(request, deadline);
        } catch (NetstringReader.MalformedException e) {
            // The rest of what comes cannot be understood, so this is the last octet that matters.
            reply = new QmqpReply('D', String.valueOf(e.getMessage()));
            whole = false;
        }
        if (reply.code() != QmqpReply.NONE) {
            connection.socket().getOutputStream().write(reply.encode());
            if (!whole || in.available() > 0) {
                connection.socket().shutdownOutput();
                drain(in, pace);
            }
        }
    }

    /// Reads what a client still sends although its request is over, briefly: closing with unread octets
    /// would reset the connection, and the answer with it.
    private static void drain(InputStream in, DeadlineInputStream pace) {
        try {
            pace.until(Deadline.in(java.time.Duration.ofMillis(500)), false);
            byte[] block = new byte[8192];
            int n = in.read(block);
            while (n >= 0) {
                n = in.read(block);
            }
        } catch (IOException e) {
            // The answer was given.
        }
    }

    @Override
    public void close() {
        listener.close();
    }

    /// What is answered.
    ///
    /// @param code `K`, `Z`, `D`, or [#NONE] for closing without an answer
    record QmqpReply(char code, String text) {
        static final char NONE = 0;
        private static final int TEXT_MAX = 300;

        byte[] encode() {
            String clean = text.replaceAll("[^ -~]", "?");
            String line = code + clean.substring(0, Math.min(clean.length(), TEXT_MAX));
            return (line.length() + ":" + line + ",").getBytes(StandardCharsets.US_ASCII);
        }
    }
}
