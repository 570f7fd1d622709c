// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Assessor;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;
import org.postern.core.telemetry.DecisionRecord;

/// A front with collaborators in memory: one plain, one STARTTLS, one implicit listener where the farm allows it.
final class TestFront implements AutoCloseable {
    final FakeDirectory directory = new FakeDirectory();
    final FakeStore store = new FakeStore();
    final FakeTokens tokens = new FakeTokens();
    final List<DecisionRecord> decisions = new CopyOnWriteArrayList<>();
    final List<ClientInfo> connected = new CopyOnWriteArrayList<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Path tempFolder;
    volatile Assessor assessor = (mail, deadline) -> Assessment.accepted();
    final SmtpFront front;

    TestFront(Authentication authentication, List<TlsMode> listeners, UnaryOperator<SmtpFrontConfig> change)
            throws IOException {
        tempFolder = Files.createTempDirectory("front");
        SmtpFrontConfig config = SmtpFrontConfig.of(
                listeners.stream()
                        .map(tls -> ListenerConfig.of("127.0.0.1", 0, tls))
                        .toList(),
                authentication);
        front = SmtpFront.start(
                new FrontIdentity("n1", "test", new Domain("mx.here.example"), tempFolder),
                change.apply(config),
                new Collaborators(directory, changing(), store, decisions::add, meters, java.util.Optional.of(tokens)));
    }

    /// Asks whatever assessor is set when a mail comes.
    private Assessor changing() {
        return new Assessor() {
            @Override
            public Assessment assess(MailTransaction mail, Deadline deadline) {
                return assessor.assess(mail, deadline);
            }

            @Override
            public void connected(ClientInfo client) {
                connected.add(client);
                assessor.connected(client);
            }

            @Override
            public String policyClass(ForwardPath recipient) {
                return assessor.policyClass(recipient);
            }

            @Override
            public Assessment judge(String policyClass, Assessment found) {
                return assessor.judge(policyClass, found);
            }
        };
    }

    static TestFront mx() throws IOException {
        return new TestFront(
                Authentication.NONE,
                List.of(TlsMode.NONE, TlsMode.STARTTLS, TlsMode.IMPLICIT),
                UnaryOperator.identity());
    }

    static TestFront mx(UnaryOperator<SmtpFrontConfig> change) throws IOException {
        return new TestFront(Authentication.NONE, List.of(TlsMode.NONE), change);
    }

    static TestFront submission() throws IOException {
        return new TestFront(
                Authentication.REQUIRED,
                List.of(TlsMode.STARTTLS_REQUIRED, TlsMode.IMPLICIT),
                UnaryOperator.identity());
    }

    InetSocketAddress address(int listener) {
        return front.addresses().get(listener);
    }

    @Override
    public void close() {
        front.close();
    }
}
