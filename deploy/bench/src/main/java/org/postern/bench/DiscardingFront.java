// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.filter.Assessment;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.smtpfront.Authentication;
import org.postern.smtpfront.Collaborators;
import org.postern.smtpfront.FrontIdentity;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.SmtpFront;
import org.postern.smtpfront.SmtpFrontConfig;
import org.postern.smtpfront.TlsMode;

/// A process with Postern's front and nothing behind it: every mail is taken in and thrown away, as `smtp-sink` does.
/// Anna and load have an account, nobody else.
final class DiscardingFront {
    private static final Domain DOMAIN = new Domain("example.org");

    private DiscardingFront() {}

    /// @param arguments the port and a folder for large mails
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        System.setProperty("io.netty.native.workdir", folder.toString());
        var front = SmtpFront.start(
                new FrontIdentity("bench", "mx", DOMAIN, folder),
                SmtpFrontConfig.of(
                        List.of(ListenerConfig.of("127.0.0.1", Integer.parseInt(arguments[0]), TlsMode.NONE)),
                        Authentication.NONE),
                new Collaborators(
                        new Known(),
                        (_, _) -> Assessment.accepted(),
                        new Discarding(),
                        _ -> {},
                        new SimpleMeterRegistry()));
        System.out.println("ready " + front.addresses());
        Thread.currentThread().join();
    }

    private static final class Known implements Directory {
        @Override
        public boolean answersAtOnce() {
            return true;
        }

        @Override
        public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
            return domain.equals(DOMAIN) ? new Lookup.Known<>(domain) : new Lookup.Unknown<>();
        }

        @Override
        public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
            String name = recipient.address().foldedCase().localPart();
            return name.equals("anna") || name.equals("load")
                    ? new Lookup.Known<>(new Account(recipient.address().foldedCase(), Set.of(), "example.org/" + name))
                    : new Lookup.Unknown<>();
        }

        @Override
        public Lookup<Account> authenticate(String login, String password, Deadline deadline) {
            return new Lookup.Unknown<>();
        }

        @Override
        public void close() {}
    }

    private static final class Discarding implements MailStore {
        @Override
        public HandoffResult handOver(Handoff handoff, Deadline deadline) {
            return new HandoffResult.Accepted("none", false);
        }

        @Override
        public void proven(HandoffId id) {}

        @Override
        public Availability availability() {
            return new Availability(true, "");
        }

        @Override
        public void close() {}
    }
}
